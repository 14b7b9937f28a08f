import i18next from "i18next"
import { initReactI18next } from "react-i18next"
import type calibration from "@/i18n/calibration.json"
import desk from "@/i18n/desk.json"
import general from "@/i18n/en.json"
import pages from "@/i18n/pages.json"

const en = { ...general, ...desk, ...pages }

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation"
    // The words of calibration come with its pages: see pages/calibration/text.ts.
    resources: { translation: typeof en & typeof calibration }
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
