/** A script is imported as its text: jest and the build turn it into a module, nothing is read from disk at run time. */
declare module "*.lua" {
  const source: string;
  export default source;
}
