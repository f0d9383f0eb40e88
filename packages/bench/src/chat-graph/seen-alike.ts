/** Head of an SDL that marks what all see alike, as the service kit's common SDL does for PostBook's own subgraphs. */
export const SEEN_ALIKE = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@composeDirective"])
    @link(url: "https://postbook.dev/live/v1.0", import: ["@seenAlike"])
    @composeDirective(name: "@seenAlike")
  directive @seenAlike on FIELD_DEFINITION | OBJECT | INTERFACE`;
