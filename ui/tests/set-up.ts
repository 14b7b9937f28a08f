import { learn } from "@/app/i18n"

await learn("desk", "pages")
