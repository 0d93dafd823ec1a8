#!/bin/sh
# Creates the namespace and our search attributes. Harmless when they exist.
set -eu

tries=0
until temporal operator cluster health --address "$TEMPORAL_ADDRESS"; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo "Temporal at $TEMPORAL_ADDRESS is not healthy after $tries tries" >&2
    exit 1
  fi
  sleep 2
done

# The server answers before its caches know a new namespace, hence the second loop.
describe() { temporal operator namespace describe --address "$TEMPORAL_ADDRESS" --namespace "$TEMPORAL_NAMESPACE"; }
describe >/dev/null 2>&1 ||
  temporal operator namespace create --address "$TEMPORAL_ADDRESS" --namespace "$TEMPORAL_NAMESPACE" --retention 30d

# One call each: of several --name with one --type the CLI adds the first and says nothing.
register() {
  temporal operator search-attribute create --address "$TEMPORAL_ADDRESS" --namespace "$TEMPORAL_NAMESPACE" \
    --name "$1" --type Keyword
}
for name in GeminiBranch GeminiPhase GeminiModel GeminiRoute GeminiSession; do
  tries=0
  until register "$name"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 15 ]; then
      echo "search attribute $name could not be registered" >&2
      exit 1
    fi
    sleep 2
  done
done
echo "namespace $TEMPORAL_NAMESPACE and its search attributes are ready"
