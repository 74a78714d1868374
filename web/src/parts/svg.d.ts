// What build.mjs makes of an icon: the markup inside its svg element.
declare module "*.svg" {
  const inside: string;
  export default inside;
}
