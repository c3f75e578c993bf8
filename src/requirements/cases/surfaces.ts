import { accepted, refused, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const SURFACE_CASES: readonly CheckCase[] = [
  accepted(
    'telemetry',
    `[otel]
environment = "prod"
log_user_prompt = false
exporter = { otlp-http = { endpoint = "https://otel.example/v1/logs", protocol = "json", headers = { x-tenant = "acme" } } }
metrics_exporter = "none"
`,
  ),
  refused(
    'unknown_value',
    'exporter',
    `[otel]
exporter = "bad"
`,
  ),
  refused(
    'missing_key',
    'exporter without protocol',
    `[otel]
exporter = { otlp-http = { endpoint = "https://otel.example" } }
`,
  ),
  refused(
    'wrong_type',
    'no exporter',
    `[otel]
exporter = {}
`,
  ),
  refused(
    'wrong_type',
    'two exporters',
    `[otel]
exporter = { otlp-http = { endpoint = "x", protocol = "json" }, otlp-grpc = { endpoint = "x" } }
`,
  ),
  refused(
    'unknown_value',
    'exporter table',
    `[otel]
exporter = { otlp-htp = { endpoint = "x", protocol = "json" } }
`,
  ),
  refused(
    'wrong_type',
    'number as attribute',
    `[otel]
span_attributes = { a = 1 }
`,
  ),
  accepted(
    'computer use',
    `[computer_use]
default_app_access = "deny"
[computer_use.macos.bundle_ids]
"com.x" = "allow"
[[computer_use.windows.exes]]
publisher_name = "a"
product_name = "b"
access = "allow"
`,
  ),
  refused(
    'missing_key',
    'program without product',
    `[[computer_use.windows.exes]]
publisher_name = "a"
access = "allow"
`,
  ),
  accepted(
    'browser use',
    `[browser_use.origins."https://a.example"]
access = "deny"
access_approval_lifetime = "turn"
`,
  ),
  refused(
    'unknown_value',
    'lifetime',
    `[browser_use.default_origin_policy]
access_approval_lifetime = "day"
`,
  ),
  refused(
    'missing_key',
    'header without value',
    `[browser_use.extension]
request_headers = [{ name = "x" }]
`,
  ),
  accepted(
    'switches',
    `allow_appshots = false
allow_remote_control = false
allow_browser_and_computer_use = false
allow_managed_hooks_only = true
[feedback]
enabled = false
[in_app_browser]
allow_external_browser_settings_import = false
`,
  ),
]
