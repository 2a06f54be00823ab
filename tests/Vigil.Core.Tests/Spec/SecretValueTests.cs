using FsCheck;
using FsCheck.Fluent;
using Vigil.Spec;

namespace Vigil.Core.Tests.Spec;

/// <summary>A secret is hidden by its value, wherever it stands.</summary>
public sealed class SecretValueTests
{
    private static SecretValues Of(params (string Name, string Value)[] variables) => SecretValues.OfVariables(variables.Select(static v => KeyValuePair.Create(v.Name, v.Value)));

    [Fact]
    public void A_value_is_hidden_wherever_it_stands() =>
        Assert.Equal("curl ***@host: bad password ***", Of(("DB_PASSWORD", "hunter22")).Hide("curl hunter22@host: bad password hunter22"));

    [Fact]
    public void A_value_that_another_one_begins_with_leaves_nothing_of_the_other() =>
        Assert.Equal("*** and ***", Of(("A_KEY", "abcdef"), ("B_KEY", "abcdefghij")).Hide("abcdefghij and abcdef"));

    [Fact]
    public void What_is_shorter_than_six_characters_or_no_secret_s_by_its_name_stays() =>
        Assert.Equal("12345 and /data/set", Of(("A_KEY", "12345"), ("DATA_DIR", "/data/set")).Hide("12345 and /data/set"));

    [Fact]
    public void Of_a_value_of_several_lines_each_is_hidden() => Assert.Equal("line ***", Of(("A_KEY", "first-line\nsecond-line\n")).Hide("line second-line"));

    [Fact]
    public void The_beginning_of_a_value_at_which_a_text_was_shortened_is_hidden_too() => Assert.Equal("token ***…", Of(("A_TOKEN", "hunter22-and-more")).Hide("token hunter22…"));

    [Fact]
    public void Without_secrets_a_text_stays() => Assert.Equal("all is well…", SecretValues.None.Hide("all is well…"));

    [Fact]
    public void No_value_is_left_in_any_text() => Prop.ForAll<NonNull<string>, NonNull<string>[]>(static (tail, parts) =>
    {
        var secret = $"hunter22{tail.Get.Replace("\n", "", StringComparison.Ordinal)}".Trim();
        Assert.DoesNotContain(secret, Of(("A_KEY", secret)).Hide(string.Join(secret, parts.Select(static p => p.Get))), StringComparison.Ordinal);
    }).QuickCheckThrowOnFailure();
}
