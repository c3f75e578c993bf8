import {
  anything,
  either,
  flag,
  key,
  list,
  map,
  oneOf,
  table,
  text,
  whole,
  type Key,
} from '../shape.ts'

// What the terminal looks like. Nobody's safety depends on it; it is here so that a mistake in it is found.

/** The keys that may be bound, by where they apply. Read back from the client 0.169. */
const KEYMAP: Readonly<Record<string, string>> = {
  global: `
    leader change_host focus_main_composer focus_sidebar_content focus_sidebar_tabs hide_pane
    close_sidebar_tab sidebar_up sidebar_down focus_pane_left focus_pane_right minimize_pane_width
    maximize_pane_width equalize_pane_widths resize_panes move_divider_left move_divider_right
    toggle_pane_zoom open_agents open_transcript find_transcript select_transcript focus_activity
    open_external_editor copy clear_terminal submit queue toggle_shortcuts toggle_vim_mode
    toggle_fast_mode toggle_raw_output toggle_side_conversation
  `,
  chat: `
    open_presets toggle_voice toggle_voice_mute interrupt_turn decrease_reasoning_effort
    increase_reasoning_effort previous_permission_mode next_permission_mode edit_queued_message
    prompt_stack_back skip_question
  `,
  composer: `
    submit queue toggle_shortcuts history_search_previous history_search_next
  `,
  editor: `
    insert_newline move_left move_right move_up move_down move_word_left move_word_right move_line_start
    move_line_end delete_backward delete_forward delete_backward_word delete_forward_word
    kill_line_start kill_whole_line kill_line_end yank
  `,
  vim_normal: `
    enter_insert append_after_cursor append_line_end insert_line_start open_line_below open_line_above
    enter_replace_mode move_left move_right move_up move_down move_word_forward move_word_backward
    move_word_end move_line_start move_line_end find_forward find_backward till_forward till_backward
    jump_top jump_bottom delete_char replace_char repeat_last_change substitute_char delete_to_line_end
    change_to_line_end yank_line paste_after start_delete_operator start_yank_operator
    start_change_operator undo redo cancel_operator
  `,
  vim_operator: `
    delete_line yank_line motion_left motion_right motion_up motion_down motion_word_forward
    motion_word_backward motion_word_end motion_line_start motion_line_end motion_find_forward
    motion_find_backward motion_till_forward motion_till_backward motion_jump_top motion_jump_bottom
    select_inner_text_object select_around_text_object cancel
  `,
  vim_search: `
    forward backward next previous
  `,
  vim_text_object: `
    word big_word parentheses brackets braces double_quote single_quote backtick cancel
  `,
  pager: `
    scroll_up scroll_down page_up page_down half_page_up half_page_down jump_top jump_bottom close
    close_transcript find
  `,
  list: `
    move_up move_down move_left move_right page_up page_down jump_top jump_bottom accept cancel
  `,
  agents: `
    resume search new_task new_worktree fork rename stop archive delete hide toggle_pin toggle_grouping
  `,
  approval: `
    open_fullscreen open_thread approve approve_for_session approve_for_prefix deny decline cancel
  `,
}

const binding = either(text, list(text))
const named = (names: string): readonly string[] => names.trim().split(/\s+/)
const flags = (names: string, about: string): readonly Key[] =>
  named(names).map((name) => key(name, flag, about))

const keymap = table(
  ...Object.entries(KEYMAP).map(([context, actions]) =>
    key(
      context,
      table(
        ...named(actions).map((action) =>
          key(action, binding, 'One key or several, such as `ctrl-a`; `[]` for none.'),
        ),
      ),
      'Keys of one part of the screen.',
    ),
  ),
)

const whenever = oneOf('auto', 'always', 'never')

const tui = table(
  key('theme', text, 'The colours of code.'),
  key('notifications', either(flag, list(text)), 'Whether, or of what, the terminal notifies.'),
  key('notification_method', oneOf('auto', 'osc9', 'osc777', 'bel'), 'How it notifies.'),
  key('notification_condition', oneOf('unfocused', 'always'), 'When it notifies.'),
  key('alternate_screen', whenever, 'Whether the whole screen is used.'),
  key('status_line', list(text), 'What stands in the status line.'),
  key('terminal_title', list(text), 'What stands in the title.'),
  key('keymap', keymap, 'Keys.'),
  key('pet', text, 'The pet.'),
  key('pet_anchor', oneOf('composer', 'screen-bottom'), 'Where it lives.'),
  key('session_picker_view', oneOf('comfortable', 'dense'), 'How sessions are listed.'),
  key('agents_overview_grouping', oneOf('project', 'status', 'model'), 'How agents are grouped.'),
  key('resume_cwd', oneOf('current', 'session'), 'Where a resumed session runs.'),
  key('copy_on_select', whenever, 'Whether a selection is copied.'),
  key('right_click_paste', oneOf('auto', 'on', 'off'), 'Whether a right click pastes.'),
  key('sidebar_width_percent', whole(0, 255), 'How wide the side bar is.'),
  key('mouse_scroll_speed', anything, 'How fast the wheel scrolls; a number above 0.'),
  key('terminal_resize_reflow_max_rows', whole(), 'Rows that are laid out again.'),
  key('default_hosts', map(map(text)), 'Kept by the client.'),
  key(
    'presets',
    map(table(key('input', text, 'What is typed.', { required: true }))),
    'Prompts on a key.',
  ),
  key('model_availability_nux', map(whole(0, 4_294_967_295)), 'Kept by the client.'),
  key(
    'effects',
    table(...flags('starfield shimmer welcome effort progress title', 'On or off.')),
    'Effects.',
  ),
  key('rendering', table(...flags('mermaid math tables lists', 'On or off.')), 'Rendering.'),
  ...flags(
    `animations show_tooltips show_server_version_notice auto_recap disable_paste_burst vim_mode_default
    question_esc_back raw_output_mode fullscreen_transcript collapse_turn_details copy_on_select_clear_selection
    status_line_use_colors screen_reader_detection_done`,
    'On or off.',
  ),
)

const asked = 'Whether somebody was told already; kept by the client.'

const notice = table(
  ...flags(
    `hide_gov_cloud_guidance hide_full_access_warning hide_world_writable_warning fast_default_opt_out
    hide_rate_limit_model_nudge hide_gpt5_1_migration_prompt hide_gpt-5.1-codex-max_migration_prompt`,
    asked,
  ),
  key('model_migrations', map(text), asked),
  key(
    'external_config_migration_prompts',
    table(
      key('home', flag, asked),
      key('home_last_prompted_at', whole(Number.MIN_SAFE_INTEGER), asked),
      key('projects', map(flag), asked),
      key('project_last_prompted_at', map(whole(Number.MIN_SAFE_INTEGER)), asked),
    ),
    asked,
  ),
)

export const SCREEN: readonly Key[] = [
  key('tui', tui, 'The terminal.'),
  key('notice', notice, 'Hints that need not be given.'),
  key(
    'file_opener',
    oneOf('vscode', 'vscode-insiders', 'windsurf', 'cursor', 'none'),
    'What opens files that are mentioned.',
  ),
  key('hide_agent_reasoning', flag, 'Hide what the agent thinks.'),
  key('show_raw_agent_reasoning', flag, 'Show it as the model wrote it.'),
  key('disable_paste_burst', flag, 'Take pasted text key by key.'),
]
