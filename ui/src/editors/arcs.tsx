import { type RefObject, useLayoutEffect, useState } from "react"
import type { Link } from "./links"

interface Props {
  readonly root: RefObject<HTMLElement | null>
  readonly links: readonly Link[]
  /** Marks or links whose arcs stand out; where there are many links, only theirs are drawn. */
  readonly strong: ReadonlySet<string>
  readonly hueOf: (label: string) => number
  readonly nameOf: (label: string) => string
}

interface Arc {
  readonly id: string
  readonly path: string
  readonly x: number
  readonly y: number
  readonly label: string
  readonly strong: boolean
  readonly suggested: boolean
}

const FEW = 16
const NONE: readonly Arc[] = []

/** Links as arcs over the text: a picture only, the list beside it says the same in words. */
export function Arcs({ root, links, strong, hueOf, nameOf }: Props) {
  const [arcs, setArcs] = useState<readonly Arc[]>([])
  useLayoutEffect(() => {
    const element = root.current
    if (!element) return
    const draw = () => setArcs(arcsOf(element, links, strong))
    draw()
    let begun = false
    const watch = new ResizeObserver(() => {
      if (begun) draw() // it tells the size that there is, too
      begun = true
    })
    watch.observe(element)
    return () => watch.disconnect()
  }, [root, links, strong])
  return (
    <svg className="arcs" aria-hidden focusable="false">
      <defs>
        <marker
          id="arrow"
          markerUnits="userSpaceOnUse"
          viewBox="0 0 8 8"
          refX="6.5"
          refY="4"
          markerWidth="10"
          markerHeight="10"
          orient="auto"
        >
          <path d="M0,0.5 L7.5,4 L0,7.5z" fill="context-stroke" />
        </marker>
      </defs>
      {arcs.map((arc) => (
        <g
          key={arc.id}
          className={`hue-${hueOf(arc.label)}${arc.strong ? " strong" : ""}${arc.suggested ? " suggested" : ""}`}
        >
          <path d={arc.path} markerEnd="url(#arrow)" />
          <text x={arc.x} y={arc.y}>
            {nameOf(arc.label)}
          </text>
        </g>
      ))}
    </svg>
  )
}

function arcsOf(root: HTMLElement, links: readonly Link[], strong: ReadonlySet<string>): readonly Arc[] {
  const isStrong = ({ id, from, to }: Link) => strong.has(id) || strong.has(from) || strong.has(to)
  const drawn = links.length <= FEW ? links : links.filter(isStrong).slice(0, FEW)
  if (drawn.length === 0) return NONE
  const places = new Map<string, Element>()
  for (const one of root.querySelectorAll<HTMLElement>("[data-mark]"))
    if (!places.has(one.dataset.mark ?? "")) places.set(one.dataset.mark ?? "", one)
  const frame = root.getBoundingClientRect()
  const boxOf = (id: string) => {
    const box = places.get(id)?.getClientRects()[0]
    return (
      box && {
        x: box.left + box.width / 2 - frame.left,
        top: box.top - frame.top,
        bottom: box.bottom - frame.top,
      }
    )
  }
  return drawn.flatMap((link) => {
    const [from, to] = [boxOf(link.from), boxOf(link.to)]
    if (!from || !to) return []
    const about = {
      id: link.id,
      label: link.label,
      strong: isStrong(link),
      suggested: link.state === "suggested",
    }
    return [{ ...about, ...curve(from, to) }]
  })
}

interface Box {
  readonly x: number
  readonly top: number
  readonly bottom: number
}

/** Over the words where both ends stand in one line, else from the lower edge of one to the upper edge of the other. */
function curve(from: Box, to: Box): Pick<Arc, "path" | "x" | "y"> {
  const middle = (from.x + to.x) / 2
  if (Math.abs(from.top - to.top) < 12) {
    const top = Math.min(from.top, to.top) + 1
    const peak = top - Math.min(22, 12 + Math.abs(to.x - from.x) * 0.04)
    return {
      path: `M${from.x},${top} C${from.x},${peak} ${to.x},${peak} ${to.x},${top}`,
      x: middle,
      y: peak + 8,
    }
  }
  const down = from.top < to.top
  const [begin, end] = down ? [from.bottom, to.top] : [from.top, to.bottom]
  const bend = down ? 18 : -18
  return {
    path: `M${from.x},${begin} C${from.x},${begin + bend} ${to.x},${end - bend} ${to.x},${end}`,
    x: middle,
    y: (begin + end) / 2 + 3,
  }
}
