import { accepted, refused, warned, type CheckCase } from './case.ts'

// Each was put to the client 0.169.0 as a delivered policy.

export const RULE_CASES: readonly CheckCase[] = [
  accepted(
    'rules',
    `[rules]
prefix_rules = [{ pattern = [{ token = "git" }, { any_of = ["push", "commit"] }], decision = "prompt", justification = "Review first." }]
`,
  ),
  accepted(
    'prompt-user',
    `[rules]
prefix_rules = [{ pattern = [{ token = "a" }], decision = "prompt-user", canonical_matching = true }]
`,
  ),
  refused('missing_key', 'rules without a list', '[rules]\n'),
  refused(
    'rules_empty',
    'no rule',
    `[rules]
prefix_rules = []
`,
  ),
  refused(
    'rule_pattern_empty',
    'empty pattern',
    `[rules]
prefix_rules = [{ pattern = [], decision = "forbidden" }]
`,
  ),
  refused(
    'missing_key',
    'no pattern',
    `[rules]
prefix_rules = [{ decision = "forbidden" }]
`,
  ),
  refused(
    'rule_token',
    'empty token',
    `[rules]
prefix_rules = [{ pattern = [{ token = "" }], decision = "forbidden" }]
`,
  ),
  refused(
    'rule_token',
    'blank token',
    `[rules]
prefix_rules = [{ pattern = [{ token = "  " }], decision = "forbidden" }]
`,
  ),
  refused(
    'rule_token',
    'token of U+0085',
    `[rules]
prefix_rules = [{ pattern = [{ token = "\\u0085" }], decision = "forbidden" }]
`,
  ),
  refused(
    'rule_token',
    'empty any_of',
    `[rules]
prefix_rules = [{ pattern = [{ any_of = [] }], decision = "forbidden" }]
`,
  ),
  refused(
    'rule_token',
    'blank in any_of',
    `[rules]
prefix_rules = [{ pattern = [{ any_of = ["a", " "] }], decision = "forbidden" }]
`,
  ),
  refused(
    'rule_token',
    'both',
    `[rules]
prefix_rules = [{ pattern = [{ token = "a", any_of = ["a"] }], decision = "forbidden" }]
`,
  ),
  refused(
    'rule_token',
    'neither',
    `[rules]
prefix_rules = [{ pattern = [{}], decision = "forbidden" }]
`,
  ),
  refused(
    'rule_decision_missing',
    'no decision',
    `[rules]
prefix_rules = [{ pattern = [{ token = "a" }] }]
`,
  ),
  refused(
    'rule_decision_allow',
    'allow',
    `[rules]
prefix_rules = [{ pattern = [{ token = "a" }], decision = "allow" }]
`,
  ),
  refused(
    'unknown_value',
    'deny',
    `[rules]
prefix_rules = [{ pattern = [{ token = "a" }], decision = "deny" }]
`,
  ),
  refused(
    'rule_justification_blank',
    'blank justification',
    `[rules]
prefix_rules = [{ pattern = [{ token = "a" }], decision = "prompt", justification = " " }]
`,
  ),
  warned(
    'unknown_key',
    'reviewer of older clients',
    `[rules]
prefix_rules = [{ pattern = [{ token = "a" }], decision = "prompt", reviewer = "user" }]
`,
  ),
  refused(
    'wrong_type',
    'pattern of strings',
    `[rules]
prefix_rules = [{ pattern = ["a"], decision = "forbidden" }]
`,
  ),
]
