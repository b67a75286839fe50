/** What all token endpoints have in common. */

/** The heading under which they are listed. */
export const TOKEN_TAG = "Token service";

/** RFC 6749 section 5.1; and no cache may keep what a token was said to be either. */
export const TOKEN_HEADERS = { "Cache-Control": "no-store", Pragma: "no-cache" } as const;
