import { key, map, table, type Key, type TableShape } from '../shape.ts'
import { MACHINE } from './schema.machine.ts'
import { SCREEN } from './schema.screen.ts'
import { START } from './schema.start.ts'
import { TOOLS } from './schema.tools.ts'

const KEYS: readonly Key[] = [...START, ...TOOLS, ...MACHINE, ...SCREEN]

/** The keys of a profile of older clients; 0.169 still reads them, each by its shape. */
const OF_PROFILES = new Set(
  `model service_tier model_provider approval_policy approvals_reviewer sandbox_mode model_reasoning_effort
  plan_mode_reasoning_effort model_reasoning_summary model_verbosity model_catalog_json personality chatgpt_base_url
  model_instructions_file js_repl_node_path js_repl_node_module_dirs experimental_compact_prompt_file
  include_permissions_instructions include_apps_instructions include_collaboration_mode_instructions
  include_environment_context include_environment_context_time experimental_use_unified_exec_tool tools web_search
  analytics tui windows features oss_provider`.split(/\s+/),
)

const profiles = key(
  'profiles',
  map(
    table(
      ...KEYS.filter(({ name }) => OF_PROFILES.has(name)).map(({ name, shape, about }): Key =>
        key(name, shape, about),
      ),
    ),
  ),
  'Profiles of older clients.',
  {
    caution: {
      code: 'no_effect',
      message: 'Profiles in this table are no longer used.',
      effect:
        'Codex 0.169 reads them, refuses to start over their mistakes, and does nothing else with them.',
      remedy: 'Take them out; people keep profiles in files of their own.',
    },
  },
)

/** The whole of an overridable config.toml as one shape: what `POLICY` is for requirements.toml. */
export const DEFAULTS: TableShape = table(...KEYS, profiles)
