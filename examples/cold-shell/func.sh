# A variable holds text only; to pass any bytes on, use a pipe.
payload=$(cat)

# The rest of the request is environment: METHOD, ROUTE, REQUEST_URL, HEADER_* and your config.
greeting=${HEADER_X_GREETING:-${GREETING:-Hello}}

printf '%s %s\n%s %s\n' "$greeting" "${payload:-World}" "$METHOD" "$ROUTE"
