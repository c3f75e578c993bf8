import { accepted, refused, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

const provider = (lines: string, id = 'acme'): string => `[model_providers.${id}]\n${lines}\n`
const named = (lines: string): string => provider(`name = "Acme"\n${lines}`)
const gateway = (settings: string, more = ''): string =>
  named(`base_url = "https://models.example"\n${more}\ngateway_oauth = { ${settings} }`)
const exported = 'credential_export = { command = "token" }'
const oauth =
  'authorization_url = "https://a.example", token_url = "https://t.example", client_id = "x"'

export const PROVIDER_CASES: readonly CheckCase[] = [
  accepted('list of models', named('model_catalog_url = "x"')),
  refused('wrong_type', 'list of models as a number', named('model_catalog_url = 1')),
  accepted('capabilities', named('capabilities = { external_web_access = true }')),
  accepted('remote compaction', named('capabilities = { remote_compaction = "v2" }')),
  refused('unknown_value', 'remote compaction', named('capabilities.remote_compaction = "v3"')),
  refused('wrong_type', 'capability', named('capabilities.cyber_access_programs = "yes"')),
  warned('unknown_key', 'unknown capability', named('capabilities.zzz = 1')),
  accepted('project outside of gcp', named('project_id = "x"\nlocation = "y"')),
  refused('wrong_type', 'location as a number', named('location = 1')),

  accepted('built-in gcp', 'model_provider = "gcp"\n'),
  accepted('gcp with what may be changed', provider('project_id = "x"\nlocation = "y"', 'gcp')),
  accepted('empty gcp', provider('', 'gcp')),
  refused('provider_reserved', 'gcp with a name', provider('name = "x"', 'gcp')),
  refused('provider_reserved', 'gcp with aws', provider('aws = {}', 'gcp')),
  refused('provider_reserved', 'Amazon with a name', provider('name = "x"', 'amazon-bedrock')),
  refused('provider_reserved', 'Amazon with a key', provider('env_key = "K"', 'amazon-bedrock')),
  refused(
    'provider_reserved',
    'Amazon with retries',
    provider('request_max_retries = 3', 'amazon-bedrock-runtime'),
  ),
  accepted(
    'Amazon with what may be changed',
    provider('base_url = "x"\naws = { region = "r" }', 'amazon-bedrock'),
  ),
  refused(
    'provider_invalid',
    'Amazon with two credentials',
    provider('auth = { command = "a" }\naws = { region = "r" }', 'amazon-bedrock'),
  ),
  refused(
    'provider_invalid',
    'Amazon with a profile and a program',
    provider('aws = { profile = "p", credential_export = { command = "x" } }', 'amazon-bedrock'),
  ),
  accepted('Amazon with defaults written out', provider('name = ""', 'amazon-bedrock')),
  refused('provider_invalid', 'nearly Amazon', provider('', 'amazon-bedrock-x')),
  accepted('openai with defaults written out', provider('wire_api = "responses"', 'openai')),
  refused('provider_reserved', 'openai with headers', provider('http_headers = {}', 'openai')),
  accepted(
    'openai with a list of the vendor',
    provider('model_catalog_url = "https://x.chatgpt.com/y"', 'openai'),
  ),
  refused(
    'provider_invalid',
    'openai with a list of somebody else',
    provider('model_catalog_url = "https://api.openai.com"', 'openai'),
  ),
  refused(
    'provider_invalid',
    'openai with a list by http',
    provider('model_catalog_url = "http://chatgpt.com"', 'openai'),
  ),
  refused('provider_reserved', 'empty ollama', provider('', 'ollama')),

  refused(
    'missing_key',
    'AWS export without a command',
    provider('aws = { credential_export = {} }', 'amazon-bedrock'),
  ),
  refused(
    'provider_invalid',
    'AWS export with a blank command',
    provider('aws = { credential_export = { command = " " } }', 'amazon-bedrock'),
  ),
  accepted(
    'AWS refresh',
    provider('aws = { auth_refresh = { command = "aws", args = ["sso"] } }', 'amazon-bedrock'),
  ),
  refused(
    'provider_invalid',
    'AWS refresh by another program',
    provider('aws = { auth_refresh = { command = "x" } }', 'amazon-bedrock'),
  ),
  refused(
    'out_of_range',
    'AWS export that may take no time',
    provider('aws = { credential_export = { command = "x", timeout_ms = 0 } }', 'amazon-bedrock'),
  ),

  accepted('gateway with a program', gateway(exported)),
  accepted('gateway with a sign-in', gateway(oauth)),
  accepted(
    'gateway on this machine',
    named(`base_url = "http://127.0.0.1:1/x"\ngateway_oauth = { ${exported} }`),
  ),
  refused(
    'provider_invalid',
    'gateway without an address',
    named(`gateway_oauth = { ${exported} }`),
  ),
  refused(
    'provider_invalid',
    'gateway by http',
    named(`base_url = "http://x"\ngateway_oauth = { ${exported} }`),
  ),
  refused(
    'provider_invalid',
    'gateway with a user',
    named(`base_url = "https://u@x"\ngateway_oauth = { ${exported} }`),
  ),
  refused(
    'provider_invalid',
    'gateway with a fragment',
    named(`base_url = "https://x#y"\ngateway_oauth = { ${exported} }`),
  ),
  refused('provider_invalid', 'empty gateway', gateway('')),
  refused('provider_invalid', 'gateway with both', gateway(`${exported}, client_id = "x"`)),
  refused(
    'provider_invalid',
    'gateway with half a sign-in',
    gateway('token_url = "https://t.example", client_id = "x"'),
  ),
  refused('refused_key', 'gateway with an unknown key', gateway(`${exported}, zzz = 1`)),
  refused(
    'provider_invalid',
    'gateway with a blank program',
    gateway('credential_export = { command = " " }'),
  ),
  refused('provider_invalid', 'gateway with a blank client', gateway(oauth.replace('"x"', '" "'))),
  refused('provider_invalid', 'gateway with port 0', gateway(`${oauth}, redirect_port = 0`)),
  refused(
    'provider_invalid',
    'gateway with a token address that is none',
    gateway(oauth.replace('https://t.example', 't')),
  ),
  refused(
    'unknown_value',
    'gateway with another store',
    gateway(`${oauth}, credentials_store = "auto"`),
  ),
  accepted('gateway with a file', gateway(`${oauth}, credentials_store = "file"`)),
  accepted(
    'gateway with a header',
    gateway(`${exported}, delivery = { kind = "header", name = "X-G" }`, 'env_key = "K"'),
  ),
  accepted(
    'gateway with a cookie',
    gateway(`${exported}, delivery = { kind = "cookie", name = "g" }`),
  ),
  refused('provider_invalid', 'gateway beside a key', gateway(exported, 'env_key = "K"')),
  refused(
    'provider_invalid',
    'gateway beside the sign-in',
    gateway(exported, 'requires_openai_auth = true'),
  ),
  refused(
    'provider_invalid',
    'gateway beside the same header',
    gateway(exported, 'http_headers = { authorization = "x" }'),
  ),
  refused(
    'provider_invalid',
    'gateway with a header of two words',
    gateway(`${exported}, delivery = { kind = "header", name = "a b" }`),
  ),
  refused(
    'provider_invalid',
    'gateway with an empty scheme',
    gateway(`${exported}, delivery = { kind = "header", name = "a", scheme = "" }`),
  ),
  refused(
    'provider_invalid',
    'gateway with the host header',
    gateway(`${exported}, delivery = { kind = "header", name = "Host" }`),
  ),
  refused(
    'refused_key',
    'cookie with a scheme',
    gateway(`${exported}, delivery = { kind = "cookie", name = "a", scheme = "b" }`),
  ),
]
