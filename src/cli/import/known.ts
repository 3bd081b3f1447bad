/** The sections and options that the predecessor knows, in any of its versions. */
import type { Known } from './settings.ts'

/** Sections of rules before there was a list of rules had a switch. */
const SWITCH = ['enabled']

/** `ruleset.conf`. */
export const RULESET_OPTIONS: Known = {
  rules: { plain: [], lists: ['rule'] },
  known: { plain: SWITCH, lists: [] },
  file_larger_than: { plain: [...SWITCH, 'bytes'], lists: [] },
  file_type_on_whitelist: { plain: SWITCH, lists: ['whitelist'] },
  file_type_on_greylist: { plain: SWITCH, lists: ['greylist'] },
  office_macro: { plain: SWITCH, lists: [] },
  office_macro_with_suspicious_keyword: { plain: SWITCH, lists: ['keyword'] },
  expressions: { plain: [...SWITCH, 'log_level'], lists: ['expression'] },
  cuckoo_evil_sig: { plain: SWITCH, lists: ['signature'] },
  cuckoo_score: { plain: [...SWITCH, 'higher_than'], lists: [] },
  requests_evil_domain: { plain: SWITCH, lists: ['domain'] },
  cuckoo_analysis_failed: { plain: SWITCH, lists: ['failure', 'success'] },
  contains_peekabooyar: { plain: SWITCH, lists: [] },
  final_rule: { plain: SWITCH, lists: [] },
}

const OLD_GLOBAL = [
  'socket_file',
  'socket_group',
  'socket_mode',
  'interpreter',
  'sample_base_dir',
  'job_hash_regex',
  'keep_mail_data',
  'chown2me_exec',
  'use_debug_module',
]
const ANALYZER = ['url', 'api_token', 'poll_interval', 'submit_original_filename', 'maximum_job_age']

/** `peekaboo.conf`. */
export const MAIN_OPTIONS: Known = {
  global: {
    plain: [
      'user',
      'group',
      'host',
      'port',
      'pid_file',
      'worker_count',
      'processing_info_dir',
      'report_locale',
      ...OLD_GLOBAL,
    ],
    lists: [],
  },
  ruleset: { plain: ['config'], lists: [] },
  analyzers: { plain: ['config'], lists: [] },
  logging: { plain: ['log_level', 'log_format'], lists: [] },
  db: { plain: ['url', 'log_level'], lists: [] },
  cluster: { plain: ['instance_id', 'stale_in_flight_threshold', 'duplicate_check_interval'], lists: [] },
  cuckoo: { plain: ['mode', 'exec', 'submit', 'storage_path', ...ANALYZER], lists: [] },
}

/** `analyzers.conf`. */
export const ANALYZER_OPTIONS: Known = {
  cuckoo: { plain: ANALYZER, lists: [] },
  cortex: { plain: [...ANALYZER, 'tlp'], lists: [] },
}
