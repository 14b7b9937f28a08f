import i18next from "i18next"
import { initReactI18next } from "react-i18next"
import desk from "@/i18n/desk.json"
import general from "@/i18n/en.json"
import pages from "@/i18n/pages.json"
import type protection from "@/i18n/protection.json"
import type sla from "@/i18n/sla.json"

const en = { ...general, ...desk, ...pages }

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation"
    /** What a lazy page brings itself is known here, and loaded with the page. */
    resources: { translation: typeof en & typeof protection & typeof sla }
  }
}

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
})

export const t = i18next.t.bind(i18next)
