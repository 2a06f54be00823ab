using Vigil.Spec;

namespace Vigil.Core.Tests.Spec;

/// <summary>Which names and values are secrets, and what is left of them when they are shown.</summary>
public sealed class SecretsTests
{
    private const string Hex40 = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData("WANDB_API_KEY")]
    [InlineData("HF_TOKEN")]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    [InlineData("DB_PASSWORD")]
    [InlineData("MYSQL_PASSWD")]
    [InlineData("GOOGLE_APPLICATION_CREDENTIALS")]
    [InlineData("BASIC_AUTH")]
    [InlineData("SESSION_COOKIE")]
    [InlineData("GITHUB_PAT")]
    [InlineData("OPENAI_APIKEY")]
    [InlineData("HFTOKEN")]
    [InlineData("hf.accessToken")]
    [InlineData("api-key")]
    [InlineData("APIKey")]
    [InlineData("token")]
    [InlineData("SSH_KEY_2")]
    public void A_name_with_a_secret_s_word_in_it_is_a_secret_s(string name) => Assert.True(Secrets.IsSecretName(name));

    [Theory]
    [InlineData("PATH")]
    [InlineData("MONKEY")]
    [InlineData("KEYBOARD")]
    [InlineData("TOKENIZER")]
    [InlineData("TOKENIZERS_PARALLELISM")]
    [InlineData("max_tokens")]
    [InlineData("AUTHOR")]
    [InlineData("PATTERN")]
    [InlineData("PWD")]
    [InlineData("XAUTHORITY")]
    [InlineData("COMPASS")]
    [InlineData("")]
    public void A_word_inside_another_word_is_none(string name) => Assert.False(Secrets.IsSecretName(name));

    [Theory]
    [InlineData("hf" + "_abcdefghijklmnopqrstuvwx")]
    [InlineData("sk" + "-proj-abcdefghijklmnopqrst")]
    [InlineData("gh" + "p_abcdefghijklmnopqrstuvwxyz0123456789")]
    [InlineData("github" + "_pat_11ABCDEFG0abcdefghij_xyz")]
    [InlineData("AK" + "IAIOSFODNN7EXAMPLE")]
    [InlineData("xo" + "xb-123456789012-abcdef")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----")]
    [InlineData("postgres://ada:lovelace@db:5432/x")]
    public void A_value_with_a_secret_s_shape_is_masked_under_any_name(string value)
    {
        Assert.True(Secrets.LooksSecret(value));
        var shown = Secrets.Mask("NOTE", $"before {value} after");
        Assert.StartsWith("before ", shown, StringComparison.Ordinal);
        Assert.Contains("***", shown, StringComparison.Ordinal);
        Assert.EndsWith(" after", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(value, shown, StringComparison.Ordinal);
        Assert.DoesNotContain("lovelace", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("task-sk-1")]
    [InlineData("https://example.org/a@b")]
    [InlineData("/data/hf_cache")]
    [InlineData(Hex40)]
    [InlineData("mask-abcdefghijklmnopqrstu")]
    public void What_only_resembles_one_is_left(string value)
    {
        Assert.False(Secrets.LooksSecret(value));
        Assert.Equal(value, Secrets.Mask("NOTE", value));
    }

    [Fact]
    public void Forty_hex_digits_are_a_secret_where_wandb_is_meant() => Assert.Equal("***", Secrets.Mask("WANDB_LOGIN", Hex40));

    [Fact]
    public void An_empty_secret_shows_that_it_is_empty() => Assert.Equal("", Secrets.Mask("HF_TOKEN", ""));

    [Theory]
    [InlineData("+  api_key: a1b2c3d4e5", "+  api_key: ***")]
    [InlineData("export HF_TOKEN=\"abc123def456\"", "export HF_TOKEN=\"***\"")]
    [InlineData("text_key: content", "text_key: content")]
    [InlineData("lr: 0.00012345678", "lr: 0.00012345678")]
    [InlineData("error: unrecognized arguments: --api_key=k1234567890", "error: unrecognized arguments: --api_key=***")]
    [InlineData("error: unrecognized arguments: --wandb_api_key wb123456789 --lr 1", "error: unrecognized arguments: --wandb_api_key *** --lr 1")]
    [InlineData("--text-key content --seed 1234567890", "--text-key content --seed 1234567890")]
    public void What_is_assigned_to_a_secret_s_name_inside_a_text_is_masked(string text, string shown) => Assert.Equal(shown, Secrets.MaskText(text));

    [Fact]
    public void A_command_line_hides_what_follows_or_equals_a_secret_s_name() =>
        Assert.Equal(["vigil", "run", "a.yaml", "wandb.api_key=***", "--token", "***", "lr=1"], Secrets.MaskWords(["vigil", "run", "a.yaml", "wandb.api_key=short", "--token", "hunter2", "lr=1"]));

    [Theory]
    [InlineData("api_key", "a1b2c3d4e5f6g7h8i9", true)]
    [InlineData("anything", "hf_abcdefghijklmnopqrstuvwx", true)]
    [InlineData("wandb.login", Hex40, true)]
    [InlineData("text_key", "content", false)]
    [InlineData("api_key", "${oc.env:API_KEY}", false)]
    [InlineData("commit", Hex40, false)]
    public void A_literal_secret_is_told_from_a_setting(string key, string value, bool secret) => Assert.Equal(secret, Secrets.IsLiteralSecret(key, value));

    [Fact]
    public void A_hostile_text_is_masked_in_linear_time()
    {
        Time(1);
        // Eight times the text would take sixty-four times as long if it were not.
        Assert.InRange(Time(8) / Time(1), 0, 30);
    }

    private static TimeSpan Time(int size)
    {
        var text = string.Concat(Enumerable.Repeat("a_key=", 2_000 * size)) + new string('-', 10_000 * size) + "-----BEGIN " + new string('A', 10_000 * size);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            Secrets.MaskText(text);
            if (TimeProvider.System.GetElapsedTime(began) is var took && took < best) best = took;
        }
        return best;
    }
}
