"""One line of migrations for both engines. A migration that was released is never edited; a mistake is mended by the next one."""
