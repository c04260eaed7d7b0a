SET client_min_messages = error;

CREATE FUNCTION pg_temp.converted(sequence bytea, encoding text) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
    RETURN convert(sequence, encoding, 'UTF8');
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

-- Each sequence of bytes that is a character of the encoding, and its UTF-8, both in hexadecimal. What
-- begins with a character is two. Of the sequences of four bytes only few
-- are asked for unless all are to be: a million of them could be characters.
CREATE FUNCTION pg_temp.characters(encoding text, everything bool)
RETURNS TABLE (seq text, made text) LANGUAGE plpgsql AS $$
DECLARE
    a int;
    b int;
    c int;
    d int;
    one bytea;
    two bytea;
    three bytea;
    four bytea;
    result bytea;
BEGIN
    FOR a IN 128..255 LOOP
        one := set_byte('\x00', 0, a);
        result := pg_temp.converted(one, encoding);
        IF result IS NOT NULL THEN
            seq := encode(one, 'hex');
            made := encode(result, 'hex');
            RETURN NEXT;
            CONTINUE;
        END IF;
        -- No encoding of single bytes has another character that begins with an invalid one.
        CONTINUE WHEN encoding ~ '^(LATIN|WIN|KOI|ISO)';
        FOR b IN 1..255 LOOP
            two := one || set_byte('\x00', 0, b);
            result := pg_temp.converted(two, encoding);
            IF result IS NOT NULL THEN
                seq := encode(two, 'hex');
                made := encode(result, 'hex');
                RETURN NEXT;
            ELSIF encoding ~ '^EUC|JOHAB' AND a IN (142, 143) AND b >= 160 THEN
                FOR c IN 160..255 LOOP
                    three := two || set_byte('\x00', 0, c);
                    result := pg_temp.converted(three, encoding);
                    IF result IS NOT NULL THEN
                        seq := encode(three, 'hex');
                        made := encode(result, 'hex');
                        RETURN NEXT;
                    ELSIF encoding = 'EUC_TW' AND a = 142 AND (everything OR b < 170) THEN
                        FOR d IN 160..255 LOOP
                            four := three || set_byte('\x00', 0, d);
                            result := pg_temp.converted(four, encoding);
                            IF result IS NOT NULL THEN
                                seq := encode(four, 'hex');
                                made := encode(result, 'hex');
                                RETURN NEXT;
                            END IF;
                        END LOOP;
                    END IF;
                END LOOP;
            ELSIF encoding = 'GB18030' AND b BETWEEN 48 AND 57 AND everything THEN
                FOR c IN 128..255 LOOP
                    FOR d IN 48..57 LOOP
                        four := two || set_byte(set_byte('\x0000', 0, c), 1, d);
                        result := pg_temp.converted(four, encoding);
                        IF result IS NOT NULL THEN
                            seq := encode(four, 'hex');
                            made := encode(result, 'hex');
                            RETURN NEXT;
                        END IF;
                    END LOOP;
                END LOOP;
            END IF;
        END LOOP;
    END LOOP;
END $$;
