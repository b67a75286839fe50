/** The public entry `admitone/server`: checking our tokens in somebody else's Express app. */
export { grantOf, requireToken } from "./require-token.js";
export type { RequireTokenOptions, TokenErrorBody } from "./require-token.js";
export { createAppKeys, decodeApps } from "../tokens/apps.js";
export type { App, AppInfo, AppKey, AppKeys } from "../tokens/apps.js";
export { createVerifier } from "../tokens/verify.js";
export type { Door, TokenVerifier, Verdict, VerifierOptions } from "../tokens/verify.js";
export type { TokenReason, TokenRefusal } from "../tokens/token-refusal.js";
export type { ExpiryPolicy, Grant, Permission, Role } from "../room/grant.js";
