import "@fontsource-variable/inter/wght.css"
import "@fontsource-variable/jetbrains-mono/wght.css"
import "./styles/tokens.css"
import "./styles/base.css"
import "./styles/shell.css"
import "./styles/work.css"
import "./styles/marks.css"
import "./styles/pages.css"
import "./styles/quality.css"
import "./styles/report.css"
import "./styles/overview.css"
import "./styles/desk.css"
import "./styles/narrow.css"
import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { createRoot } from "react-dom/client"
import { Refusal } from "./api/http"
import { onKeyDown } from "./app/commands"
import "./app/i18n"
import { watchParts } from "./app/newer"
import { startReading } from "./app/reading"
import { startTheme } from "./app/theme"
import { makeRouter } from "./router"

startTheme()
startReading()
watchParts()
addEventListener("keydown", onKeyDown)
if (matchMedia("(forced-colors: active)").matches) void import("./styles/forced.css")

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (tries, error) =>
        tries < 2 && error instanceof Refusal && (error.status === 0 || error.status >= 500),
    },
  },
})
const router = makeRouter(queries)

const root = document.getElementById("root")
if (!root) throw new Error("index.html has no #root")
createRoot(root).render(
  <QueryClientProvider client={queries}>
    <RouterProvider router={router} />
  </QueryClientProvider>,
)
