import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Typed rules. The directions of imports and cycles are checked by `imports.mjs` beside this file. */
export default tseslint.config(
  { ignores: ["dist/**", ".cache/**", "coverage/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      // One program for all files: a sixth less work than a language service that opens them one by one.
      parserOptions: { project: new URL("../tsconfig.json", import.meta.url).pathname },
    },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-assertions": [
        "error",
        { assertionStyle: "as", objectLiteralTypeAssertions: "never" },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // A quarter of lint's time: there are no enums here, and an interface is what a value has, whoever made it.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: "always" }],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    // The types of browsers are known everywhere; what only browsers have is used where browsers are.
    files: ["src/**/*.ts"],
    ignores: ["src/web/**", "src/client/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        "window",
        "document",
        "location",
        "navigator",
        "localStorage",
        "name",
        "event",
      ],
    },
  },
  {
    files: [".config/**", "bench/**/*.mjs"],
    languageOptions: {
      globals: { console: "readonly", process: "readonly", URL: "readonly", performance: "readonly" },
    },
    rules: { "no-console": "off" },
  },
);
