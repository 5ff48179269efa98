#include "mailbox/vault.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace {

class VaultFile : public testing::Test {
  protected:
    support::TemporaryFolder temporary_;
    std::filesystem::path folder_ = temporary_.path();
    std::filesystem::path path_ = folder_ / "pilotlight.key";
    base::SeededRandom random_{1};
};

}  // namespace

TEST_F(VaultFile, IsMadeOnceForItsOwnerAloneAndReadBack) {
    const auto made = mailbox::Vault::create_file(path_, random_);
    ASSERT_TRUE(made);
    struct stat state = {};
    ASSERT_EQ(stat(path_.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777, 0600U);
    const auto read = mailbox::Vault::from_file(path_);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id(), made->id());
    EXPECT_EQ(
        mailbox::Vault::create_file(path_, random_).error().code, base::ErrorCode::already_exists
    );
}

TEST_F(VaultFile, IsRefusedWithTheMendWhereItIsOpenMissingOrBroken) {
    EXPECT_NE(
        mailbox::Vault::from_file(path_).error().message.find("pilotlight init"), std::string::npos
    );
    ASSERT_TRUE(mailbox::Vault::create_file(path_, random_));
    chmod(path_.c_str(), 0644);
    EXPECT_NE(
        mailbox::Vault::from_file(path_).error().message.find("chmod 600"), std::string::npos
    );
    chmod(path_.c_str(), 0600);
    std::ofstream(path_) << "nonsense";
    EXPECT_EQ(mailbox::Vault::from_file(path_).error().code, base::ErrorCode::invalid_input);
}

TEST(Vault, SecretsOpenOnlyForTheirMailbox) {
    base::SeededRandom random(1);
    const mailbox::Vault vault(random.bytes(32));
    const std::string sealed = vault.seal("hunter22", "a@b.test", random);
    EXPECT_EQ(vault.open(sealed, "a@b.test"), "hunter22");
    EXPECT_EQ(vault.open(sealed, "c@b.test"), std::nullopt);
    EXPECT_EQ(mailbox::Vault(random.bytes(32)).open(sealed, "a@b.test"), std::nullopt);
    EXPECT_NE(vault.derive("token"), vault.derive("store"));
}
