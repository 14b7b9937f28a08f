import i18next from "i18next"
import protection from "@/i18n/protection.json"

i18next.addResourceBundle("en", "translation", protection, true)

/** Texts of protection, which come with the pages that say them. */
export { t } from "./i18n"
