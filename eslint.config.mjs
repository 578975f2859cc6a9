// Lint rules for all JavaScript of the repository: `make lint` runs them.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".venv*/", "index/", "build/", "dist/", "**/node_modules/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  { files: ["qa_service/**/*.js", "docs/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.nodeBuiltin } },
  // web/types.d.ts declares these two.
  { files: ["qa_service/web/static/widget/chat.js"], languageOptions: { globals: { STYLE: "readonly" } } },
  { files: ["qa_service/web/static/docs.js"], languageOptions: { globals: { SwaggerUIBundle: "readonly" } } },
];
