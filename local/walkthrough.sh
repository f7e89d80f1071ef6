#!/usr/bin/env bash
# The walkthroughs of the auth and chat guides, by curl, with a look at every answer.
#
#   local/walkthrough.sh [BASE_URL]
#
# Without BASE_URL (argument or variable) it starts target/debug/local for itself. Needs curl and Python 3.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly T1=00000000-0000-0000-0000-000000000001
readonly T2=a0000001-0000-0000-0000-000000000001
readonly PASSWORD='Password123!'
base=${1:-${BASE_URL:-}}
work=$(mktemp -d)
platform=
passed=0

finish() {
  [[ -z $platform ]] || { kill "$platform" && wait "$platform" || true; } 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT

fail() {
  echo "FAILED: $1" >&2
  [[ ! -s $work/body ]] || { echo "the answer was:" >&2; cat "$work/body" >&2; echo >&2; }
  echo "$passed passed, 1 failed"
  exit 1
}

start_platform() {
  [[ -x target/debug/local ]] || fail "target/debug/local is not built: cargo build"
  target/debug/local --ephemeral --port 0 --aws-port 0 >"$work/platform" 2>"$work/log" &
  platform=$!
  for _ in $(seq 300); do
    base=$(sed -n 's|^  page *\(http://127.0.0.1:[0-9]*\)/.*|\1|p' "$work/platform")
    [[ -z $base ]] || return 0
    kill -0 "$platform" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/log" >&2
  fail "the platform did not start"
}

# call STATUS METHOD PATH [curl's arguments]: the body is left in $work/body.
call() {
  local expected=$1 method=$2 path=$3 status
  shift 3
  : >"$work/body"
  status=$(curl --silent --show-error --max-time 30 --output "$work/body" --write-out '%{http_code}' \
    --request "$method" "$base$path" "$@") || fail "$method $path: no answer"
  [[ $status == "$expected" ]] || fail "$method $path: status $status, expected $expected"
}

# json EXPRESSION: prints a Python expression over the last answer, `answer`.
json() {
  python3 -c 'import json, sys
answer = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$work/body" "$1" 2>/dev/null || fail "the answer has no $1"
}

# check NAME EXPRESSION: counts one step, whose expression over the last answer has to be true.
check() {
  [[ $(json "$2") == True ]] || fail "$1: not true: $2"
  passed=$((passed + 1))
  echo "ok: $1"
}

body() {
  python3 -c 'import json, sys; print(json.dumps(dict(pair.split("=", 1) for pair in sys.argv[1:])))' "$@"
}

login() {
  call 200 POST /auth/v1/login -H 'Content-Type: application/json' -d "$(body "email=$1" "password=$PASSWORD")"
}

[[ -n $base ]] || start_platform
echo "walking through $base"

call 200 GET /auth/v1/health
check "auth is up" "answer['data']['status'] == 'ok' and answer['meta']['service'] == 'auth-svc'"
call 200 GET /chat/v1/health
check "chat is up" "answer['data']['status'] == 'ok' and answer['meta']['service'] == 'chat-svc'"

# The guide of auth: partner@ signs in with tokens at once.
login partner@eventzr.com
check "partner@ signs in" "answer['error'] is None and answer['data']['expiresIn'] == 900 \
  and answer['data']['tokenType'] == 'Bearer' and answer['data']['user']['email'] == 'partner@eventzr.com' \
  and answer['data']['user']['roles'] == ['partner'] and len(answer['data']['user']['id']) == 36"
token=$(json "answer['data']['accessToken']")
refresh=$(json "answer['data']['refreshToken']")

python3 - "$token" >"$work/body" <<'PYTHON'
import base64, json, sys
header, claims = (base64.urlsafe_b64decode(part + "==") for part in sys.argv[1].split(".")[:2])
print(json.dumps({"header": json.loads(header), "claims": json.loads(claims)}))
PYTHON
check "the token says what it should" "answer['header']['alg'] == 'RS256' and answer['header']['typ'] == 'at+jwt' \
  and answer['claims']['tenantId'] == '$T1' and answer['claims']['email'] == 'partner@eventzr.com' \
  and answer['claims']['roles'] == ['partner'] and answer['claims']['planTier'] == 'base' \
  and answer['claims']['exp'] - answer['claims']['iat'] == 900"

call 200 GET /auth/v1/profile -H "Authorization: Bearer $token"
check "the token opens the profile" "answer['data']['email'] == 'partner@eventzr.com' and answer['meta']['tenant_id'] == '$T1'"

call 401 GET /auth/v1/profile
check "no token opens nothing" "answer['data'] is None and answer['error']['code'] == 'ERR_AUTH_UNAUTHORIZED'"

call 200 POST /auth/v1/refresh -H 'Content-Type: application/json' -d "$(body "refreshToken=$refresh")"
check "the refresh token gives a new pair" "len(answer['data']['accessToken']) > 100 \
  and answer['data']['refreshToken'] != '$refresh' and answer['data']['expiresIn'] == 900"

call 200 POST /auth/v1/login -H 'Content-Type: application/json' -d "$(body username=partner "password=$PASSWORD")"
check "a username signs in, too" "answer['data']['user']['email'] == 'partner@eventzr.com'"

call 401 POST /auth/v1/login -H 'Content-Type: application/json' -d "$(body email=partner@eventzr.com password=wrong-password)"
check "a wrong password does not" "answer['error']['code'] == 'ERR_AUTH_INVALID_CREDENTIALS'"

# The guide of auth: dev@ has a second factor.
login dev@eventzr.com
check "dev@ is asked for a second factor" "answer['data']['mfaRequired'] is True \
  and 'totp' in answer['data']['availableMethods'] and 'accessToken' not in answer['data']"
mfa_token=$(json "answer['data']['mfaToken']")

# A code works once: after a walkthrough within the same 30 s, the next code is waited for.
for attempt in 1 2; do
  call 200 GET /_local/accounts
  code=$(json "next(account['mfa']['code'] for account in answer if account['email'] == 'dev@eventzr.com')")
  left=$(json "next(account['mfa']['secondsLeft'] for account in answer if account['email'] == 'dev@eventzr.com')")
  status=$(curl --silent --max-time 30 --output "$work/body" --write-out '%{http_code}' "$base/auth/v1/mfa/totp/verify" \
    -H 'Content-Type: application/json' -d "$(body "mfaToken=$mfa_token" "code=$code")") || fail "no answer"
  [[ $status == 400 && $attempt == 1 ]] || break
  sleep $((left + 1))
done
[[ $status == 200 ]] || fail "POST /auth/v1/mfa/totp/verify: status $status, expected 200"
check "the code gives dev@ tokens" "answer['data']['user']['email'] == 'dev@eventzr.com' \
  and answer['data']['user']['roles'] == ['developer'] and len(answer['data']['accessToken']) > 100"

# The guide of chat, as admin@: who has a second factor gets no token at once.
login admin@eventzr.com
check "admin@ signs in" "answer['data']['user']['roles'] == ['admin'] and answer['data']['user']['tenantId'] == '$T1'"
token=$(json "answer['data']['accessToken']")
refresh=$(json "answer['data']['refreshToken']")
sender=$(json "answer['data']['user']['id']")
signed=(-H "Authorization: Bearer $token" -H 'Content-Type: application/json')

call 200 POST /auth/v1/users/lookup "${signed[@]}" -d '{"emails": ["user@eventzr.com"]}'
check "admin@ finds user@" "len(answer['data']) == 1 and len(answer['data'][0]['id']) == 36"
member=$(json "answer['data'][0]['id']")

call 201 POST /chat/v1/threads "${signed[@]}" -d "{\"type\": \"group\", \"name\": \"Walkthrough\", \"memberIds\": [\"$member\"]}"
check "a thread is made" "answer['data']['type'] == 'group' and answer['data']['lastSeq'] == 0 and len(answer['data']['members']) == 2"
thread=$(json "answer['data']['id']")

call 201 POST /chat/v1/messages "${signed[@]}" -H "x-tenant-id: $T1" \
  -d "{\"threadId\": \"$thread\", \"content\": \"Hello from the API!\", \"type\": \"text\"}"
check "a message is sent" "answer['data']['threadId'] == '$thread' and answer['data']['seq'] == 1 \
  and answer['data']['senderId'] == '$sender' and answer['data']['content'] == 'Hello from the API!'"
message=$(json "answer['data']['id']")

call 200 GET "/chat/v1/threads/$thread/messages" "${signed[@]}"
check "and read back" "[row['id'] for row in answer['data']] == ['$message'] and answer['page']['has_more'] is False"

call 403 POST /chat/v1/messages "${signed[@]}" -H "x-tenant-id: $T2" \
  -d "{\"threadId\": \"$thread\", \"content\": \"Hello\", \"type\": \"text\"}"
check "another tenant's header is refused" "answer['error']['code'] == 'ERR_CHAT_FORBIDDEN'"

call 202 POST /notify/v1/notifications "${signed[@]}" -d "{\"userId\": \"$member\", \"channels\": [\"email\", \"inapp\"], \
  \"content\": {\"subject\": \"Hello {{name}}\", \"text\": \"Hi {{name}}\"}, \"variables\": {\"name\": \"there\"}}"
check "a message is accepted for two channels" "[row['status'] for row in answer['data']['deliveries']] == ['queued', 'queued']"
delivery=$(json "answer['data']['deliveries'][0]['id']")
for _ in $(seq 50); do
  call 200 GET "/notify/v1/deliveries/$delivery" "${signed[@]}"
  [[ $(json "answer['data']['status'] in ('queued', 'sending')") == True ]] || break
  sleep 0.2
done
check "it is sent" "answer['data']['status'] in ('sent', 'delivered') \
  and [row['code'] for row in answer['data']['history']].count('SENT') == 1"
call 200 GET /_local/outbox
check "the page has the mail" "answer[0]['subject'] == 'Hello there' and answer[0]['to'] == 'user@eventzr.com'"

call 200 POST /auth/v1/refresh -H 'Content-Type: application/json' -d "$(body "refreshToken=$refresh")"
check "admin@ refreshes" "answer['data']['refreshToken'] != '$refresh'"

searching=("${signed[@]}" -H "x-tenant-id: $T1")
call 403 POST /search/v1/search "${signed[@]}" -d '{"query": "music festival", "use_semantic": false}'
check "search wants to be told the tenant" "answer['error']['code'] == 'ERR_SEARCH_FORBIDDEN'"
call 202 PUT /search/v1/documents "${searching[@]}" \
  -d '{"documents": [{"id": "walk", "entity_type": "event", "title": "Late-night zither", "city": "Wien", "price_min": 12}]}'
task=$(json "answer['data']['task_id']")
call 200 GET /search/v1/documents/event/walk "${searching[@]}"
check "a document is there at once" "answer['data']['title'] == 'Late-night zither'"
call 200 POST /search/v1/search/advanced "${searching[@]}" -H "x-search-after: $task" \
  -d '{"query": "zihter", "filters": {"city": "wien", "price_max": 20}, "include_facets": true}'
check "it is found in spite of a typo" "answer['data']['results'][0]['id'] == 'walk' and answer['data']['is_fresh'] \
  and answer['data']['results'][0]['highlights']['title'] == 'Late-night <em>zither</em>'"
call 200 GET "/search/v1/tasks/$task" "${searching[@]}"
check "its task is done" "answer['data']['status'] == 'done'"
call 200 GET "/search/v1/search/autocomplete?q=zit" "${searching[@]}"
check "it is suggested" "answer['data']['suggestions'][0]['text'] == 'Late-night zither'"

call 201 POST /reports/v1/datasets "${signed[@]}" -d '{"name": "walk", "columns": [
  {"name": "ticket", "type": "text", "required": true}, {"name": "price", "type": "number"}]}'
call 202 POST /reports/v1/datasets/walk/rows "${signed[@]}" -d '{"rows": [{"values": {"ticket": "standing", "price": 12}},
  {"values": {"ticket": "standing", "price": 15}}, {"values": {"ticket": "seat", "price": 49.5}}]}'
check "rows are accepted" "answer['data'] == {'accepted': 3}"
call 201 POST /reports/v1/templates "${signed[@]}" -d '{"name": "Income", "definition": {"dataset": "walk",
  "groupBy": [{"column": "ticket"}], "aggregates": [{"name": "income", "function": "sum", "column": "price"}],
  "sort": [{"column": "income", "direction": "descending"}], "totals": true, "layout": {"title": "Income"}}}'
template=$(json "answer['data']['id']")
for _ in $(seq 50); do
  call 200 POST "/reports/v1/templates/$template/preview" "${signed[@]}"
  [[ $(json "answer['data']['totals'] == ['Total', 76.5]") == True ]] && break
  sleep 0.2
done
check "a preview counts them" "answer['data']['rows'] == [['seat', 49.5], ['standing', 27.0]]"
call 202 POST /reports/v1/exports "${signed[@]}" -d "{\"templateId\": \"$template\", \"format\": \"csv\"}"
report=$(json "answer['data']['id']")
for _ in $(seq 100); do
  call 200 GET "/reports/v1/exports/$report" "${signed[@]}"
  [[ $(json "answer['data']['status'] in ('queued', 'collecting', 'rendering')") == True ]] || break
  sleep 0.2
done
check "a report becomes a file" "answer['data']['status'] == 'completed' and answer['data']['rows'] == 2"
sum=$(json "answer['data']['sha256']")
call 200 GET "/reports/v1/exports/$report/download" "${signed[@]}"
file=$(json "answer['data']['url']")
curl --silent --fail --max-time 30 --output "$work/report" "$file" || fail "the report cannot be fetched"
[[ $(sha256sum <"$work/report") == "$sum  -" && $(tail -n 1 "$work/report") == $'Total,76.5\r' ]] || fail "the report is another one"
passed=$((passed + 1))

call 201 POST /reports/v1/datasets/walk/sources "${signed[@]}" -d '{"name": "box office"}'
source=$(json "answer['data']['id']") secret=$(json "answer['data']['secret']")
sold='{"rows": [{"values": {"ticket": "seat", "price": 51}}, {"values": {"ticket": "seat", "price": "dear"}}]}'
post_sold() {
  local at signature
  at=$(date +%s)
  signature=$(python3 -c 'import base64, hashlib, hmac, sys
secret, message = sys.argv[1:]
key = base64.b64decode(secret.removeprefix("whsec_"))
print(base64.b64encode(hmac.digest(key, message.encode(), hashlib.sha256)).decode())' "$secret" "sale-1.$at.$1")
  call "$2" POST "/reports/v1/webhooks/incoming/$source" -H 'Content-Type: application/json' -d "$1" \
    -H 'webhook-id: sale-1' -H "webhook-timestamp: $at" -H "webhook-signature: v1,$signature"
}
post_sold "$sold" 202
check "a signed row is taken, one that does not fit is kept aside" "answer['data'] == {'accepted': 1, 'rejected': 1, 'duplicate': False}"
post_sold "$sold" 200
check "it is taken once" "answer['data']['duplicate']"
for _ in $(seq 50); do
  call 200 GET "/reports/v1/datasets/walk/sources/$source/rejected" "${signed[@]}"
  [[ $(json "len(answer['data'])") == 1 ]] && break
  sleep 0.2
done
check "what does not fit is listed with its reason" "answer['data'][0]['reason'].startswith('values.price')"
call 400 POST /reports/v1/webhooks "${signed[@]}" -d '{"url": "https://127.0.0.1/hook", "events": ["export.completed"]}'
check "nothing is sent to private addresses" "answer['error']['code'] == 'ERR_REPORTS_INVALID_WEBHOOK_URL'"
call 201 POST /reports/v1/webhooks "${signed[@]}" -d '{"url": "https://192.0.43.8/hook", "events": ["export.failed"]}'
check "a webhook is made, and its secret shown once" "answer['data']['secret'].startswith('whsec_') and answer['data']['enabled']"

call 202 POST /auth/v1/profile/export "${signed[@]}"
check "admin@ wants what is known of him" "answer['data']['services'] == ['auth', 'chat', 'notify', 'reports', 'search']"
for _ in $(seq 50); do
  call 200 GET /auth/v1/profile/export "${signed[@]}"
  [[ $(json "answer['data']['status'] == 'processing'") == True ]] || break
  sleep 0.2
done
call 200 GET /auth/v1/profile/export/download "${signed[@]}"
check "each service has stored a file" "[file['name'] for file in answer['data']] == ['auth.json', 'chat.json', 'notify.json', 'reports.json', 'search.json']"
file=$(json "answer['data'][0]['url']")
curl --silent --fail --max-time 30 --output "$work/body" "$file" || fail "the file cannot be fetched"
check "it is about admin@" "answer['userId'] == '$sender' \
  and answer['lists'][0]['items'][0]['email'] == 'admin@eventzr.com'"

call 404 GET /nowhere
check "an unknown path is told in the envelope" "answer['error']['http'] == 404 and answer['error']['code'] == 'ERR_AUTH_NOT_FOUND'"

echo "$passed passed, 0 failed"
