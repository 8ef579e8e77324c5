/** Every name under the folder of op records (SPEC §13): one constant per path, used everywhere. */
export const OPS_FOLDER = 'tract-ops';
/** `{op_id, actor, started_at}` per op: derived from the op files, local, never committed. */
export const OPS_INDEX = 'ops-index.jsonl';
/** What happened to the files (committed, pending, written again): local, never committed. */
export const LIFECYCLE = 'lifecycle.jsonl';
/** Why a record could not be written or committed: local, never committed. */
export const PROPAGATION_ERRORS = 'propagation-errors.jsonl';
export const GITATTRIBUTES = '.gitattributes';
export const GITIGNORE = '.gitignore';

/** Op files keep their bytes through git, whatever `core.autocrlf` says. */
export const GITATTRIBUTES_TEXT = '*.jsonl -text\n';
export const GITIGNORE_TEXT = `${OPS_INDEX}\n${LIFECYCLE}\n${PROPAGATION_ERRORS}\n`;

export const OP_FILE_SUFFIX = '.jsonl';
