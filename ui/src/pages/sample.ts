/** A small programme with data in it, for who wants to look around before having any of their own. */

import { post, putTo, upload } from "@/api/http"
import type { Programme } from "@/api/nouns"
import { draftFor, type Given } from "./templates"

const SAID = [
  "I was charged twice for my last order. Can you send one of them back?",
  "The app closes as soon as I open my statement.",
  "Where do I see which fees you took in March?",
  "My password is right and I still cannot get in.",
  "You took 12 euros and I do not know what for.",
  "Is the branch at the harbour open on Saturday?",
  "The invoice has my old address on it.",
  "After the update my fingerprint is not recognised any more.",
  "Please stop the monthly charge, I have no contract with you.",
  "The page with my cards stays white.",
  "Can I bring my daughter when I open an account?",
  "I paid the invoice on Monday and got a reminder today.",
  "The transfer hangs at 90 % and nothing happens.",
  "Why is the exchange fee higher than what you advertise?",
  "I would like to thank the person who helped me yesterday.",
  "Your code by text message comes ten minutes late, then it is too old.",
  "The refund is not on my account yet.",
  "Do you sponsor the football club next year too?",
  "There is a charge from a shop I have never been to.",
  "The export of my transactions is an empty file.",
]

/** Applies the programme and takes its messages in; the name it goes by. */
export async function beginWithSample(given: Given): Promise<string> {
  const yaml = draftFor("choice", given).replace("programme: intents", "programme: sample")
  const { programme } = await putTo<{ programme: Programme }>("/programmes", { yaml })
  const lines = SAID.map((text, n) => JSON.stringify({ id: `message-${n + 1}`, text }))
  const file = new File([lines.join("\n")], "messages.jsonl")
  const path = `/programmes/${programme.id}`
  const sent = await upload<{ file: string }>(`${path}/uploads`, file, () => undefined)
  const source = { name: "jsonl.v1", params: {} }
  await post(`${path}/imports`, { file: sent.file, source, filename: file.name })
  return programme.name
}
