using System.Globalization;
using System.Text;

namespace Vigil.Configuration.Expressions;

/// <summary>The text that Python gives a value.</summary>
internal static class ValueText
{
    /// <summary>As Python's own guard: longer numbers take long to write.</summary>
    public const int MostDigits = 4300;

    /// <summary>What <c>str()</c> gives; cut where it exceeds what an expression may make.</summary>
    public static string Of(Value value) => value is Value.Text { Word: var word } ? word : Repr(value);

    /// <summary>What <c>repr()</c> gives; cut where it exceeds what an expression may make.</summary>
    public static string Repr(Value value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return text.ToString();
    }

    /// <summary><c>repr()</c> for a message.</summary>
    public static string Short(Value value) => TextRules.Shorten(Repr(value), 40);

    private static void Write(Value value, StringBuilder text)
    {
        if (text.Length > Evaluation.MostItems) return;
        switch (value)
        {
            case Value.None: text.Append("None"); break;
            case Value.Bool { Flag: var flag }: text.Append(flag ? "True" : "False"); break;
            case Value.Whole { Number: var whole }: text.Append(whole.ToString(CultureInfo.InvariantCulture)); break;
            case Value.Real { Number: var real }: text.Append(PythonText.Of(real)); break;
            case Value.Text { Word: var word }: text.Append(PythonText.Repr(new ConfigNode.Scalar(SourceSpan.None, word, ScalarStyle.Quoted))); break;
            case Value.Row row: WriteRow(row, text); break;
            case Value.Table { Entries: var entries }:
                text.Append('{');
                for (var i = 0; i < entries.Length && text.Length <= Evaluation.MostItems; i++)
                {
                    if (i > 0) text.Append(", ");
                    Write(entries[i].Key, text);
                    text.Append(": ");
                    Write(entries[i].Item, text);
                }
                text.Append('}');
                break;
        }
    }

    private static void WriteRow(Value.Row row, StringBuilder text)
    {
        if (row is { Kind: RowKind.Set, Items.Length: 0 }) { text.Append("set()"); return; }
        text.Append(row.Kind switch { RowKind.List => '[', RowKind.Tuple => '(', _ => '{' });
        for (var i = 0; i < row.Items.Length && text.Length <= Evaluation.MostItems; i++)
        {
            if (i > 0) text.Append(", ");
            Write(row.Items[i], text);
        }
        if (row is { Kind: RowKind.Tuple, Items.Length: 1 }) text.Append(',');
        text.Append(row.Kind switch { RowKind.List => ']', RowKind.Tuple => ')', _ => '}' });
    }
}
