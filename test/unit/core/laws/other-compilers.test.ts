import { describeOtherCompilers } from './define.js';

describeOtherCompilers();
