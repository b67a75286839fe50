/** Style sheets are put together by the bundler; importing one has no value. */
declare module "*.css";
