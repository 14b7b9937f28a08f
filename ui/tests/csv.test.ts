import { describe, expect, it } from "vitest"
import { asCsv } from "@/lib/csv"

describe("a table as CSV", () => {
  it("has nested fields by their path, and every column that any row has", () => {
    expect(asCsv([{ a: 1, by: { name: "Ada" } }, { b: [1, 2] }])).toBe(
      'a,by.name,b\r\n1,Ada,\r\n,,"[1,2]"\r\n',
    )
  })

  it("quotes what needs it, and puts an apostrophe before what a sheet would run", () => {
    expect(asCsv([{ text: 'a "b", c\nd' }, { text: "=1+1" }, { text: -1 }])).toBe(
      'text\r\n"a ""b"", c\nd"\r\n\'=1+1\r\n-1\r\n',
    )
  })

  it("has no row where there is none", () => {
    expect(asCsv([])).toBe("\r\n")
  })
})
