import { choice } from "./choice"
import { addEditor } from "./editor"
import { spans } from "./spans"

addEditor(choice)
addEditor(spans)
