/** The public entry `admitone/server`: checking our tokens in somebody else's Express app. */
export { grantOf, requireToken } from "../http/require-token.js";
export type { RequireTokenOptions, TokenErrorBody } from "../http/require-token.js";
export type {
  App,
  AppInfo,
  AppKey,
  AppKeys,
  AppSecret,
  ClaimMapping,
  Issuer,
  IssuerAlgorithm,
  SigningKey,
  SigningSecret,
} from "../tokens/app.js";
export { decodeApps } from "../tokens/apps.js";
export type { Credentials } from "../tokens/apps.js";
export { createIssuerKeys } from "../tokens/issuer-keys.js";
export type { IssuerKeys, IssuerKeysOptions } from "../tokens/issuer-keys.js";
export type { JwksTiming } from "../tokens/jwks-source.js";
export { createAppKeys } from "../tokens/key-ring.js";
export type { Bearer, Standing, StandingReason } from "../tokens/standing.js";
export { createVerifier } from "../tokens/verify.js";
export type { Door, TokenVerifier, Verdict, VerifierOptions } from "../tokens/verify.js";
export type { TokenReason, TokenRefusal } from "../tokens/token-refusal.js";
export type {
  ExpiryPolicy,
  Grant,
  Permission,
  Role,
  SessionScope,
  TokenKind,
  TokenMark,
} from "../room/grant.js";
