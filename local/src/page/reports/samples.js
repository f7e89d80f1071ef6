// Templates that are saved with one click, of what every platform counts by itself.

const SINCE = { name: "from", type: "timestamp", label: "Since", default: "today-7d" };
const IN_TIME = { column: "at", operator: "gte", value: "{{from}}" };

export const SAMPLES = [
  {
    name: "Searches by query",
    description: "What is searched for most, how much is found, and how long it takes.",
    definition: {
      dataset: "searches",
      parameters: [SINCE, { name: "words", type: "text", label: "Query has" }],
      filters: [IN_TIME, { column: "query", operator: "contains", value: "{{words}}" }],
      groupBy: [{ column: "query", label: "Query" }],
      aggregates: [
        { name: "searches", function: "count", label: "Searches" },
        { name: "found", function: "avg", column: "results", label: "Results, on average" },
        { name: "slowest", function: "percentile", percentile: 95, column: "tookMs", label: "Milliseconds, 95 %" },
      ],
      sort: [{ column: "searches", direction: "descending" }],
      limit: 20,
      totals: true,
      layout: { title: "Searches by query", chart: { type: "bar", category: "query", values: ["searches"] } },
    },
  },
  {
    name: "Searches by hour",
    description: "How many there are, and how many find nothing.",
    definition: {
      dataset: "searches",
      columns: [{ name: "nothing", expression: "if results == 0 { 1 } else { 0 }", type: "integer" }],
      parameters: [{ ...SINCE, default: "today-1d" }],
      filters: [IN_TIME],
      groupBy: [{ column: "at", by: "hour", label: "Hour" }],
      aggregates: [
        { name: "searches", function: "count", label: "Searches" },
        { name: "vain", function: "sum", column: "nothing", label: "Nothing found" },
      ],
      layout: { title: "Searches by hour", chart: { type: "line", category: "at", values: ["searches", "vain"] } },
    },
  },
  {
    name: "Messages by state",
    description: "What has become of messages: each state that one has got counts.",
    definition: {
      dataset: "deliveries",
      parameters: [SINCE, { name: "by", type: "text", label: "Channel (email, sms, push …)" }],
      filters: [IN_TIME, { column: "channel", operator: "eq", value: "{{by}}" }],
      groupBy: [{ column: "status", label: "State" }],
      aggregates: [{ name: "messages", function: "count", label: "Messages" }],
      totals: true,
      layout: { title: "Messages by state", chart: { type: "pie", category: "status", values: ["messages"] } },
    },
  },
  {
    name: "Sign-ins by day",
    description: "For admins alone.",
    definition: {
      dataset: "sign_ins",
      parameters: [SINCE],
      filters: [IN_TIME],
      groupBy: [{ column: "at", by: "day", label: "Day" }],
      aggregates: [
        { name: "signIns", function: "count", label: "Sign-ins" },
        { name: "users", function: "distinct", column: "userId", label: "Different users" },
      ],
      totals: true,
      layout: { title: "Sign-ins by day", chart: { type: "column", category: "at", values: ["signIns", "users"] } },
    },
  },
];
