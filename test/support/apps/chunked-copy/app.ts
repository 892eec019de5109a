// The example as it stands in the documentation.

import '../../../../docs/examples/chunked-copy/app';
