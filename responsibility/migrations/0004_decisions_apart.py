"""The database itself refuses two decisions of one sector that hold on the same day."""

from django.db import migrations

TABLE = "responsibility_sectorsupervision"
NAME = "sector_decisions_apart"
OVERLAP = (
    f"SELECT 1 FROM {TABLE} other WHERE other.sector_id = NEW.sector_id AND other.id <> COALESCE(NEW.id, -1) "
    "AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from) "
    "AND (NEW.valid_to IS NULL OR NEW.valid_to >= other.valid_from)"
)
SQLITE = (
    "CREATE TRIGGER {NAME}_{event} BEFORE {event} ON {TABLE} WHEN EXISTS ({OVERLAP}) "
    "BEGIN SELECT RAISE(ABORT, 'decisions of a sector overlap'); END"
)
# 23P01 is the error of an exclusion constraint, so that the application sees an IntegrityError.
POSTGRES = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS ({OVERLAP}) THEN
        RAISE EXCEPTION 'decisions of a sector overlap' USING ERRCODE = '23P01';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}();
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(SQLITE.format(NAME=NAME, TABLE=TABLE, OVERLAP=OVERLAP, event=event))
    else:
        schema_editor.execute(POSTGRES)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER {NAME}_{event}")
    else:
        schema_editor.execute(f"DROP TRIGGER {NAME} ON {TABLE}; DROP FUNCTION {NAME}()")


class Migration(migrations.Migration):
    dependencies = [("responsibility", "0003_sectors_and_enterprises")]

    operations = [migrations.RunPython(forwards, backwards)]
