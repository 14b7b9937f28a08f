import { Link } from "@tanstack/react-router"
import type { Item, Related } from "@/api/nouns"
import { t } from "@/app/i18n"

interface Props {
  readonly item: Item
  readonly parents: readonly Related[]
  readonly made: readonly Related[]
}

function Items({ title, items }: { title: string; items: readonly Related[] }) {
  if (items.length === 0) return null
  return (
    <p className="dim small">
      {title}{" "}
      {items.map(({ id, external_id }, n) => (
        <span key={id}>
          {n > 0 && ", "}
          <Link to="/i/$item" params={{ item: id }}>
            {external_id}
          </Link>
        </span>
      ))}
    </p>
  )
}

/** Where an item comes from, under which licence, what it was made from, and what was made from it. */
export function ItemRights({ item, parents, made }: Props) {
  const { sources, licence, withheld } = item.provenance
  return (
    <>
      <p className="dim small">
        {t("item_rights.sources", { sources: sources.join(", ") })} ·{" "}
        {licence ? t("item_rights.licence", { licence }) : t("item_rights.no_licence")}
      </p>
      <Items title={t("item_rights.parents")} items={parents} />
      <Items title={t("item_rights.children")} items={made} />
      {withheld && <p className="banner warn">{t("item_rights.withheld", { because: withheld })}</p>}
    </>
  )
}
