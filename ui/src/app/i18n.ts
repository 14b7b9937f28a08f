import i18next from "i18next"
import { initReactI18next } from "react-i18next"
import en from "@/i18n/en.json"
import pages from "@/i18n/pages.json"

const texts = { ...en, ...pages }

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation"
    resources: { translation: typeof texts }
  }
}

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: texts } },
  interpolation: { escapeValue: false },
  initAsync: false,
})

export const t = i18next.t.bind(i18next)
