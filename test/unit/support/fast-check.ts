import fc from 'fast-check';

/**
 * fast-check with one seed for everybody, so that a green run is green again; `FC_SEED` explores others (a number, or `random`).
 */
const given = process.env['FC_SEED'];
if (given !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given ?? 20_261_121) });

export default fc;
