import { describe, expect, it } from "vitest"
import { columnsIn } from "@/lib/columns"

describe("the columns of a file", () => {
  it("are the header of a table, whatever parts its cells", () => {
    expect(columnsIn("id;text;label\n1;a;b", "csv.v1")).toEqual(["id", "text", "label"])
    expect(columnsIn('\ufeff"a, ""b""",c\r\n', "csv.v1")).toEqual(['a, "b"', "c"])
  })
  it("are the keys of the first object of JSON Lines", () => {
    expect(columnsIn('{"id": 1, "body": {"x": 2}}\n{}', "jsonl.v1")).toEqual(["id", "body"])
  })
  it("are not guessed where only the server can tell", () => {
    expect(columnsIn("{broken", "jsonl.v1")).toEqual([])
    expect(columnsIn("[1]", "jsonl.v1")).toEqual([])
    expect(columnsIn("PAR1", "parquet.v1")).toEqual([])
  })
})
