import type { ReactNode } from "react"
import { t } from "@/app/i18n"
import { responsesOf } from "./bodies"
import type { Body } from "./editor"
import { Prose } from "./forms"
import { letter } from "./forms-model"

interface Props {
  readonly body: Body
  readonly order: readonly number[]
  readonly className: (part: number) => string
  readonly badge?: (part: number) => ReactNode
  readonly at?: number
  readonly go?: (place: number) => void
}

/** The order on the screen: as the server drew it, or the item's own. */
export const shownOrder = (body: Body, order: readonly number[] | undefined): number[] => {
  const parts = responsesOf(body).map((_, part) => part)
  return order?.length === parts.length ? [...order] : parts
}

/** The responses side by side, named by where they stand; who wrote them is not known here. */
export function Responses({ body, order, className, badge, at, go }: Props) {
  const texts = responsesOf(body)
  return (
    <div className={`responses of-${order.length}`}>
      {order.map((part, place) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: J and K choose a response
        <article
          key={part}
          className={`response ${className(part)}`}
          data-row={place}
          aria-label={t("forms.response", { name: letter(place) })}
          aria-current={at === undefined ? undefined : at === place}
          onClick={() => go?.(place)}
        >
          <header>
            <b>{t("forms.response", { name: letter(place) })}</b>
            <span className="grow" />
            {badge?.(part)}
          </header>
          <Prose text={texts[part] ?? ""} />
        </article>
      ))}
    </div>
  )
}

/** Where the author saw them in another order, their letters are not the reader's. */
export function OtherOrder({
  order,
  seen,
}: {
  order: readonly number[]
  seen: readonly number[] | undefined
}) {
  if (!seen?.length || seen.every((part, place) => order[place] === part)) return null
  const pairs = seen.map((part, place) => `${letter(place)} → ${letter(order.indexOf(part))}`).join(", ")
  return <p className="dim small">{t("forms.other_order", { pairs })}</p>
}
