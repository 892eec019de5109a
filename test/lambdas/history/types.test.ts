// What MySQL says of types and rights, and what follows from it.

import { granted, mayGrant } from '../../../lambdas/shared/history/grants';
import { newSet } from '../../../lambdas/shared/history/server-facts';
import { holdsSet, integerType, textFits } from '../../../lambdas/shared/history/types';

describe('types', () => {
  it.each([
    ['int(11)', 2_147_483_647n],
    ['int', 2_147_483_647n],
    ['int(10) unsigned', 4_294_967_295n],
    ['bigint(20) unsigned', 18_446_744_073_709_551_615n],
    ['bigint', 9_223_372_036_854_775_807n],
    ['tinyint(1)', 127n],
  ])('%s ends where it ends', (type, max) => {
    expect(integerType(type)?.max).toBe(max);
  });

  it.each(['varchar(20)', 'double', ''])('%s is no integer', (type) => {
    expect(integerType(type)).toBeUndefined();
  });

  it.each([
    ['longtext', 'longtext', true],
    ['longtext', 'mediumtext', false],
    ['varchar(255)', 'varchar(255)', true],
    ['varchar(255)', 'varchar(100)', false],
    ['varchar(255)', 'text', true],
    ['text', 'varchar(255)', false],
    ['text', 'double', false],
  ])('%s fits into %s: %s', (from, to, fits) => {
    expect(textFits(from, to)).toBe(fits);
  });

  it.each([
    ['utf8mb4', 'latin1', true],
    ['utf8mb4', 'cp932', true],
    ['utf8', 'latin1', true],
    ['utf8mb3', 'utf8', true],
    ['utf8mb3', 'utf8mb4', false],
    ['latin1', 'utf8', false],
    ['latin1', 'cp932', false],
    ['cp932', 'cp932', true],
  ])('%s holds %s: %s', (to, from, holds) => {
    expect(holdsSet(to, from)).toBe(holds);
  });

  it.each([
    ['5.6.10', false, 'utf8'],
    ['5.7.44', false, 'utf8mb4'],
    ['8.0.36', false, 'utf8mb4'],
    ['10.1.48-MariaDB', true, 'utf8'],
    ['10.11.4-MariaDB', true, 'utf8mb4'],
  ])('a new database on %s is made with a set whose index fits', (version, mariaDb, set) => {
    const facts = {
      version,
      mariaDb,
      binlogFormat: null,
      isolation: '',
      readOnly: false,
      partialRevokes: false,
      maxPacket: 0,
    };
    const source = { characterSet: 'utf8', collation: 'utf8_general_ci' };
    expect(newSet(facts, source).characterSet).toBe(set);
  });
});

describe('rights', () => {
  const ASKED = ['SELECT', 'INSERT'];
  it.each<[string, string[], string[], boolean]>([
    ['on everything', ['GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION'], [], false],
    ['on the database', ['GRANT SELECT, INSERT ON `csmh`.* TO `u`@`%`'], [], false],
    [
      'in parts',
      ['GRANT SELECT ON *.* TO `u`@`%`', 'GRANT INSERT ON `csmh`.* TO `u`@`%`'],
      [],
      false,
    ],
    [
      'by a pattern',
      ['GRANT SELECT, INSERT ON `cs\\_%`.* TO `u`@`%`', 'GRANT SELECT ON `csm_`.* TO u'],
      ['INSERT'],
      false,
    ],
    ['on a table', ['GRANT SELECT, INSERT ON `csmh`.`t` TO `u`@`%`'], [], false],
    ['on another one', ['GRANT SELECT, INSERT ON `csmh`.`x` TO `u`@`%`'], ASKED, false],
    ['by a role', ['GRANT `keeper`@`%` TO `u`@`%`'], ASKED, true],
    ['none', ['GRANT USAGE ON *.* TO `u`@`%`'], ASKED, false],
  ])('are read from SHOW GRANTS: %s', (_, lines, missing, roles) => {
    expect(granted(lines, 'csmh', 't', ASKED)).toEqual({ missing, roles });
  });

  it('may be handed on with GRANT OPTION only', () => {
    expect(mayGrant(['GRANT ALL PRIVILEGES ON *.* TO u WITH GRANT OPTION'], 'csmh')).toBe(true);
    expect(mayGrant(['GRANT ALL PRIVILEGES ON `csmh`.* TO u WITH GRANT OPTION'], 'csmh')).toBe(
      true,
    );
    expect(mayGrant(['GRANT ALL PRIVILEGES ON *.* TO u'], 'csmh')).toBe(false);
    expect(mayGrant(['GRANT ALL PRIVILEGES ON `x`.* TO u WITH GRANT OPTION'], 'csmh')).toBe(false);
  });
});
