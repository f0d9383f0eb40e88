#!/bin/sh
# Talks to Apollo Studio about every subgraph, with Rover. See docs/schema.md.
#
#   schema/rover.sh check      would the SDL at hand compose, and would it break operations that Studio has seen?
#   schema/rover.sh publish    tells Studio the SDL of the last release
#
# APOLLO_KEY               the graph's key
# APOLLO_GRAPH_REF         graph and variant, such as postbook@production
# SUBGRAPH_URL_TEMPLATE    publish: where the variant's subgraphs are, with {name} for the subgraph; needed the first time
# ROVER                    the command to run; by default the version that was tried, from npm
set -eu
: "${APOLLO_KEY:?set it to the key of the graph in Apollo Studio}"
: "${APOLLO_GRAPH_REF:?set it to graph@variant}"
rover=${ROVER:-npx --yes @apollo/rover@0.41.0}
folder=$(dirname "$0")

check() {
  # shellcheck disable=SC2086 # the command may have arguments
  $rover subgraph check "$APOLLO_GRAPH_REF" --name "$1" --schema "$2"
}

publish() {
  if [ -n "${SUBGRAPH_URL_TEMPLATE:-}" ]; then
    set -- "$1" "$2" --routing-url "$(printf '%s' "$SUBGRAPH_URL_TEMPLATE" | sed "s/{name}/$1/g")"
  fi
  name=$1 schema=$2
  shift 2
  # shellcheck disable=SC2086
  $rover subgraph publish "$APOLLO_GRAPH_REF" --name "$name" --schema "$schema" "$@"
}

case "${1:-}" in
  check) files=$folder/subgraphs/*.graphql ;;
  publish) files=$folder/released/subgraphs/*.graphql ;;
  *) echo "usage: $0 check|publish" >&2 && exit 2 ;;
esac

failed=
for file in $files; do
  name=$(basename "$file" .graphql)
  # Every subgraph is told about, also after one that failed.
  "$1" "$name" "$file" || failed="$failed $name"
done
[ -z "$failed" ] || { echo "Rover failed for:$failed" >&2; exit 1; }
