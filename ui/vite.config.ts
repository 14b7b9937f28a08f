import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants } from "node:zlib"
import react from "@vitejs/plugin-react"
import { defineConfig, type Plugin } from "vite"
import { fakeServer } from "./dev/server.ts"

const PACKED = /\.(js|css|svg)$/

/** A `.br` twin beside every text asset: the server never compresses on the fly. */
function brotli(): Plugin {
  return {
    name: "brotli-twins",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (!PACKED.test(fileName)) continue
          const text = Buffer.from(file.type === "chunk" ? file.code : file.source)
          const source = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
          this.emitFile({ type: "asset", fileName: `${fileName}.br`, source })
        }
      },
    },
  }
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), brotli(), ...(mode === "fake" ? [fakeServer()] : [])],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2023",
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    outDir: "../src/goldloop/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5199, proxy: mode === "fake" ? {} : { "/api": "http://127.0.0.1:8800" } },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
    setupFiles: ["tests/set-up.ts"],
  },
}))
