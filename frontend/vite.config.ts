import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The server that `npm run dev` talks to; the built page is served by the server itself.
const server = process.env["RETOMA_SERVER"] ?? "http://127.0.0.1:8420";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../backend/retoma/web/page",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // The page's policy allows fonts and images from its own address only, so nothing is inlined as data.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What every screen needs is two files: sixty small ones compress worse and take longer.
          groups: [
            { name: "base", test: /src\/(lib|ui|api|live)\/(?!messages\.pt-BR|markdown)/ },
            { name: "router", test: /node_modules\/@tanstack\/(react-router|router-core|history)\// },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      "/api": { target: server, ws: true },
      "/launch": { target: server },
    },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
