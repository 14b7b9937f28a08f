import i18next from "i18next"
import words from "@/i18n/calibration.json"

/** Words of the calibration pages, loaded with the first of them; import this before anything that says them. */
i18next.addResourceBundle("en", "translation", words, true)
