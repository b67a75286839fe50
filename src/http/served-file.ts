/** A file that is kept in memory and sent in the smallest form that the other side takes, or not at all where they have it. */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Request, Response } from "express";

type Encoding = "br" | "gzip" | "identity";

/** File endings that are served, with their types; whether there is anything to compress. Anything else is not served. */
const TYPES: Readonly<Record<string, { readonly type: string; readonly dense?: true }>> = {
  html: { type: "text/html; charset=utf-8" },
  js: { type: "text/javascript; charset=utf-8" },
  css: { type: "text/css; charset=utf-8" },
  map: { type: "application/json; charset=utf-8" },
  svg: { type: "image/svg+xml" },
  png: { type: "image/png", dense: true },
  ico: { type: "image/x-icon" },
  woff2: { type: "font/woff2", dense: true },
  webmanifest: { type: "application/manifest+json" },
};

/** How long a file that is asked for by its digest is kept by browsers, seconds: it never changes. */
const YEAR = 31_536_000;

/** One file. Its digest and its compressed forms are made once, when they are first needed, and not on the event loop's time. */
export class ServedFile {
  private readonly forms = new Map<Encoding, Promise<Buffer>>();
  private made: string | null = null;

  private constructor(
    private readonly bytes: Buffer,
    private readonly type: string,
    private readonly dense: boolean,
  ) {}

  /** A file by its name; null where files of its kind are not served. */
  static of(name: string, bytes: Buffer): ServedFile | null {
    const kind = TYPES[name.slice(name.lastIndexOf(".") + 1)];
    return kind === undefined ? null : new ServedFile(bytes, kind.type, kind.dense === true);
  }

  /** Names this content and no other: 16 letters, digits, `-` and `_`. */
  get digest(): string {
    return (this.made ??= createHash("sha256").update(this.bytes).digest("base64url").slice(0, 16));
  }

  /** The text, for what is put together from it. */
  get text(): string {
    return this.bytes.toString("utf8");
  }

  /** Answers with the file, or with 304 where the other side has it. Asked for by its digest (`?v=`), it may be kept for good. */
  async send(request: Request, response: Response): Promise<void> {
    const wanted = this.dense ? "identity" : encodingFor(request);
    const bytes = await this.form(wanted);
    const encoding = bytes === this.bytes ? "identity" : wanted;
    const byDigest = request.query["v"] === this.digest;
    response.vary("Accept-Encoding");
    response.set({
      "Content-Type": this.type,
      "Cache-Control": byDigest ? `public, max-age=${YEAR}, immutable` : "no-cache",
      // Two forms of a file are two answers, and a strong tag may name one of them only (RFC 9110 section 8.8.3.3).
      ETag: `"${this.digest}${encoding === "identity" ? "" : `-${encoding}`}"`,
      ...(encoding === "identity" ? {} : { "Content-Encoding": encoding }),
    });
    response.send(bytes);
  }

  private form(encoding: Encoding): Promise<Buffer> {
    const before = this.forms.get(encoding);
    if (before !== undefined) return before;
    const form = compress(this.bytes, encoding).then((made) =>
      made.length < this.bytes.length ? made : this.bytes,
    );
    this.forms.set(encoding, form);
    return form;
  }
}

/** The best that is taken: among those that the other side likes as well as any, browsers name `br` last. */
function encodingFor(request: Request): Encoding {
  if (request.headers["accept-encoding"] === undefined) return "identity";
  if (request.acceptsEncodings("br") !== false) return "br";
  return request.acceptsEncodings("gzip") === false ? "identity" : "gzip";
}

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

function compress(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  switch (encoding) {
    case "br": {
      const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT } = constants;
      return toBrotli(bytes, {
        params: {
          [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT,
          // The last two steps take ten times as long, and save little.
          [BROTLI_PARAM_QUALITY]: 9,
          [BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      });
    }
    case "gzip":
      return toGzip(bytes, { level: 9 });
    case "identity":
      return Promise.resolve(bytes);
  }
}
