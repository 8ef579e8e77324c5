import { TractError } from '../core/model/errors.js';

/** No store was named and none lies in this folder or above it (Annex B.13). */
export class StoreNotFoundError extends TractError {
  readonly code = 'STORE_NOT_FOUND';
}

/** A step that discards was asked for without `--force` (SPEC §8). Nothing was changed. */
export class ForceRequiredError extends TractError {
  readonly code = 'FORCE_REQUIRED';
}
