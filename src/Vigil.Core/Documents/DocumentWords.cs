using System.Text;

namespace Vigil.Documents;

/// <summary>Headings, column names and keys are compared by their words alone: <c>LoRA Rank</c>, <c>**LoRA rank:**</c> and <c>lora_rank</c> are one.</summary>
internal static class DocumentWords
{
    /// <summary>The letters and digits of a name, in small letters, its words joined by <c>_</c>.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsLetterOrDigit(c)) key.Append(char.ToLowerInvariant(c));
            else if (key.Length > 0 && key[^1] != '_') key.Append('_');
        }
        return key.ToString().TrimEnd('_');
    }

    /// <summary>One key for each setting of a training, however a document calls it.</summary>
    public static string Parameter(string name) => Key(name) switch
    {
        "learning_rate" => "lr",
        "rank" => "lora_rank",
        "gradient_accumulation" => "gradient_accumulation_steps",
        var key => key,
    };
}
