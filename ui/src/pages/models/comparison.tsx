import { useQuery } from "@tanstack/react-query"
import { get } from "@/api/http"
import { t } from "@/app/i18n"
import { count, decimal, moment, percent } from "@/lib/format"
import { MeasuredCell } from "@/parts/measured"
import { type Column, Table } from "@/parts/table"
import type { Comparison, Group, ModelView } from "./types"

/** The comparisons of a model's versions, the newest open. */
export function Comparisons({ path, name }: { path: string; name: string }) {
  const model = useQuery({
    queryKey: ["versions", path],
    queryFn: () => get<ModelView>(path),
    retry: false,
  })
  const found = model.data?.comparisons ?? []
  if (found.length === 0) return null
  return (
    <section aria-label={`${name}: ${t("versions.comparisons")}`}>
      <h3>{t("versions.comparisons")}</h3>
      {found.map((one, at) => (
        <details key={one.id} className="comparison" open={at === 0}>
          <summary>
            {t("versions.compared", { first: one.first, second: one.second })}
            <span className="dim">
              {" "}
              · {moment(one.at)} {one.by && `· ${one.by}`}
            </span>
          </summary>
          <Compared comparison={one} />
        </details>
      ))}
    </section>
  )
}

function Compared({ comparison }: { comparison: Comparison }) {
  const { accuracy, paired, because, caution, labels, slices, changes, method, first, second } = comparison
  const of = t("versions.compared", { first, second })
  return (
    <>
      <p>
        <b>{because}</b>
      </p>
      {caution && <p className="model-warning">{caution}</p>}
      <dl className="facts">
        <div>
          <dt>{t("versions.first_of", { version: first })}</dt>
          <dd>
            <MeasuredCell measured={accuracy.first} share />
          </dd>
        </div>
        <div>
          <dt>{t("versions.first_of", { version: second })}</dt>
          <dd>
            <MeasuredCell measured={accuracy.second} share />
          </dd>
        </div>
        <div>
          <dt>{t("versions.change")}</dt>
          <dd>
            <MeasuredCell measured={paired.difference} share />
          </dd>
        </div>
      </dl>
      <p className="dim">{method}</p>
      {labels.length > 0 && <Groups title={t("versions.labels")} of={of} groups={labels} />}
      {slices.length > 0 && <Groups title={t("versions.slices")} of={of} groups={slices} />}
      <h4>{t("versions.changes")}</h4>
      <Table
        label={`${t("versions.changes")}: ${of}`}
        rows={changes.map((one) => ({ ...one, key: `${one.accepted} ${one.first} ${one.second}` }))}
        columns={[
          { key: "accepted", title: t("versions.accepted"), cell: ({ accepted }) => accepted },
          { key: "first", title: t("versions.first"), cell: (one) => one.first },
          { key: "second", title: t("versions.second"), cell: (one) => one.second },
          { key: "n", title: t("versions.n"), number: true, cell: ({ n }) => count(n) },
        ]}
        keyOf={({ key }) => key}
        empty={<p>{t("versions.changes_none")}</p>}
      />
    </>
  )
}

function Groups({ title, of, groups }: { title: string; of: string; groups: readonly Group[] }) {
  return (
    <>
      <h4>{title}</h4>
      <Table
        label={`${title}: ${of}`}
        rows={groups}
        columns={GROUPS()}
        keyOf={({ name }) => name}
        empty={null}
      />
    </>
  )
}

const share = (right: number, n: number) => `${percent(right / n)} (${count(right)} / ${count(n)})`

const GROUPS = (): Column<Group>[] => [
  { key: "name", title: t("versions.group"), cell: ({ name }) => name },
  { key: "first", title: t("versions.first"), number: true, cell: ({ first, n }) => share(first, n) },
  { key: "second", title: t("versions.second"), number: true, cell: ({ second, n }) => share(second, n) },
  {
    key: "difference",
    title: t("versions.change"),
    cell: ({ difference }) => <MeasuredCell measured={difference} share />,
  },
  {
    key: "p",
    title: t("versions.adjusted"),
    number: true,
    cell: ({ adjusted_p, found }) => (
      <>
        {decimal(adjusted_p, 3)} {found && <b>{t("versions.found")}</b>}
      </>
    ),
  },
]
