/** The words of service levels, loaded with the pages that say them. */

import i18next from "i18next"
import words from "@/i18n/sla.json"
import "@/styles/sla.css"

i18next.addResourceBundle("en", "translation", words, true)
