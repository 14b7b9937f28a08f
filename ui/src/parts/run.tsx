import { memo } from "react"
import { pieces } from "@/lib/hidden"

/** Text as it is, with what hides made visible. `data-at` maps a place in the page back to the offset. */
export const Run = memo(function Run({ text, at }: { text: string; at: number }) {
  return pieces(text, at).map((piece) =>
    piece.hidden === null ? (
      <span key={piece.at} data-at={piece.at}>
        {piece.text}
      </span>
    ) : (
      <bdi
        key={piece.at}
        data-at={piece.at}
        className="hidden-mark"
        data-name={piece.hidden}
        title={piece.hidden}
      >
        {piece.text}
      </bdi>
    ),
  )
})
