using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Vigil.Configuration;

namespace Vigil.Tests.Differential;

/// <summary>Trees in the two forms that the oracle's script knows.</summary>
internal static class Shown
{
    /// <summary>The values alone, each with its type: equal texts mean equal trees.</summary>
    public static string Text(ConfigNode node)
    {
        var text = new StringBuilder();
        Append(node, text);
        return text.ToString();
    }

    /// <summary>A tree to send: every value with a tag, every key a value.</summary>
    public static JsonArray Tagged(ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar => Tagged(scalar.Value is ScalarValue.Missing ? new ScalarValue.Text("???") : scalar.Value),
        ConfigNode.Sequence list => ["L", new JsonArray([.. list.Items.Select(Tagged)])],
        ConfigNode.Mapping map => ["D", new JsonArray([.. map.Entries.Select(static e => new JsonArray(Tagged(e.KeyValue), Tagged(e.Value)))])],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonArray Tagged(ScalarValue value) => value switch
    {
        ScalarValue.Null => ["N", null],
        ScalarValue.Bool { Value: var flag } => ["B", flag],
        ScalarValue.Whole { Value: var whole } => ["I", whole.ToString(CultureInfo.InvariantCulture)],
        ScalarValue.Real { Value: var real } => ["R", PythonText.Of(real)],
        ScalarValue.Text { Value: var text } => ["S", text],
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static void Append(ConfigNode node, StringBuilder text)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar: Append(scalar.Value, text); break;
            case ConfigNode.Sequence list:
                text.Append('[');
                for (var i = 0; i < list.Items.Length; i++)
                {
                    if (i > 0) text.Append(',');
                    Append(list.Items[i], text);
                }
                text.Append(']');
                break;
            case ConfigNode.Mapping map:
                text.Append('{');
                for (var i = 0; i < map.Entries.Length; i++)
                {
                    if (i > 0) text.Append(',');
                    Append(map.Entries[i].KeyValue, text);
                    text.Append(':');
                    Append(map.Entries[i].Value, text);
                }
                text.Append('}');
                break;
        }
    }

    private static void Append(ScalarValue value, StringBuilder text)
    {
        switch (value)
        {
            case ScalarValue.Null: text.Append('N'); break;
            case ScalarValue.Bool { Value: var flag }: text.Append(flag ? 'T' : 'F'); break;
            case ScalarValue.Whole { Value: var whole }: text.Append('I').Append(whole.ToString(CultureInfo.InvariantCulture)); break;
            case ScalarValue.Real { Value: var real }: text.Append('R').Append(PythonText.Of(real)); break;
            default: Quote(value is ScalarValue.Text { Value: var given } ? given : "???", text); break;
        }
    }

    private static void Quote(string given, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in given)
            if (c is >= ' ' and <= '~' and not '"' and not '\\') text.Append(c);
            else text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        text.Append('"');
    }
}
